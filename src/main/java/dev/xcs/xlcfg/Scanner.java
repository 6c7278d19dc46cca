package dev.xcs.xlcfg;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a specification apart at its commas, and knows the place of everything. */
final class Scanner {
    /** Far more than two paths of the greatest length. */
    static final int MAX_LENGTH = 16384;

    private static final Pattern BLANKS = Pattern.compile("[ \t\n]+");

    private final String list;
    private final String text;
    private int at;

    /**
     * @param list what the specification stands in
     * @throws dev.xcs.model.ProblemException if the text is too long
     */
    Scanner(String list, String text) {
        if (text.length() > MAX_LENGTH) {
            throw Parameter.problem(list, MAX_LENGTH + 1, "more text, expected at most " + MAX_LENGTH + " characters");
        }
        this.list = list;
        this.text = text;
    }

    /** Whether there is more than blanks; those are skipped. */
    boolean hasMore() {
        Matcher blanks = BLANKS.matcher(text).region(at, text.length());
        at = blanks.lookingAt() ? blanks.end() : at;
        return at < text.length();
    }

    boolean isAt(String word) {
        return text.startsWith(word, at);
    }

    /** What stands here, not taken yet. */
    Matcher look(Pattern pattern) {
        return pattern.matcher(text).region(at, text.length());
    }

    /** That many characters. */
    Parameter take(int length) {
        Parameter taken = new Parameter(list, text.substring(at, at + length), column(at));
        at += length;
        return taken;
    }

    /** Up to the next comma, which belongs to nobody, or the end. */
    Parameter takePart() {
        int comma = text.indexOf(',', at);
        Parameter part = take((comma < 0 ? text.length() : comma) - at);
        at += comma < 0 ? 0 : 1;
        return part;
    }

    /** All of it. */
    Parameter takeRest() {
        return take(text.length() - at);
    }

    /** Whether a letter or digit stands so many characters from here. */
    boolean isWordAt(int offset) {
        return at + offset < text.length() && Character.isLetterOrDigit(text.charAt(at + offset));
    }

    /** Nothing, after the text: where what is missing would stand. */
    Parameter end() {
        return new Parameter(list, "", column(text.length()));
    }

    private int column(int index) {
        return text.codePointCount(0, index) + 1;
    }
}
