package dev.xcs.control;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of the hypervisor's log.
 *
 * @param first index of its first byte
 */
record LogLine(String text, long first) {
    /** A longer line is cut into several. */
    static final int LONGEST = 1024;

    /** DOMID_FIRST_RESERVED of Xen's public headers: from here on they name no domain. */
    private static final int FIRST_RESERVED = 0x7ff0;

    /** How Xen names a domain. The first two only where its own messages have them, because dumps of code and stacks are full of such pairs. */
    private static final List<Pattern> DOMAINS = List.of(
            Pattern.compile(
                    "^\\(XEN\\) (?:\\[[^\\]]*] )?(?:[\\w./-]+:\\d+:)?d(\\d{1,5})(?:v\\d+)?\\b(?! [0-9a-f]{2}\\b)"),
            Pattern.compile("\\bd(\\d{1,5})v\\d+\\b"),
            Pattern.compile("\\b[Dd]om(?:ain )?(\\d{1,5})\\b"));

    /** The domid that the line names, if it names one. */
    OptionalInt domid() {
        for (Pattern pattern : DOMAINS) {
            Matcher matcher = pattern.matcher(text);
            if (matcher.find()) {
                int domid = Integer.parseInt(matcher.group(1));
                return domid < FIRST_RESERVED ? OptionalInt.of(domid) : OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }

    /** The whole lines of a piece of the log, and longer pieces than a line can be; what is left over is not in any. */
    static List<LogLine> split(String text, long first) {
        List<LogLine> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            if (end < 0 && text.length() - start < LONGEST) {
                break;
            }
            boolean whole = end >= 0 && end - start <= LONGEST;
            int stop = whole ? end : start + LONGEST;
            lines.add(new LogLine(text.substring(start, stop).stripTrailing(), first + start));
            start = whole ? end + 1 : stop;
        }
        return lines;
    }

    /** How much of a piece is in the lines that {@link #split} gives. */
    static int consumed(String text) {
        int newline = text.lastIndexOf('\n') + 1;
        return newline + (text.length() - newline) / LONGEST * LONGEST;
    }
}
