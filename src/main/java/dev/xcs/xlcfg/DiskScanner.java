package dev.xcs.xlcfg;

import dev.xcs.model.DiskSpec;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes one specification apart into named, positional and flag parameters. */
final class DiskScanner {
    private static final String TARGET = "target=";

    private static final Pattern BLANKS = Pattern.compile("[ \t\n]+");
    private static final Pattern PREFIX = Pattern.compile(
            "(?<format>raw|qcow2?|vhd|vmdk)|(?<script>iscsi|e?nbd|drbd)|tapdisk|tap2?|aio|ioemu|file|phy");
    private static final Pattern ANY_PREFIX = Pattern.compile("([a-z][a-z0-9]*):");
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    private static final Set<String> NAMED =
            Set.of("format", "vdev", "access", "devtype", "backend", "backendtype", "specification", "script");

    /** Flags, each with what it says of which parameter. */
    private static final Map<String, Map.Entry<String, String>> FLAGS = Map.of(
            "cdrom", Map.entry("devtype", "cdrom"),
            "direct-io-safe", Map.entry("direct-io-safe", "direct-io-safe"),
            "discard", Map.entry("discard", "discard"),
            "no-discard", Map.entry("discard", "no-discard"),
            "trusted", Map.entry("trust", "trusted"),
            "untrusted", Map.entry("trust", "untrusted"),
            "colo", Map.entry("colo", "colo"),
            "no-colo", Map.entry("colo", "no-colo"));

    private final String text;
    private final DiskDraft draft = new DiskDraft();
    private boolean isOldForm;
    private int at;

    DiskScanner(String text) {
        this.text = text;
    }

    DiskSpec scan() {
        skipBlanks();
        while (at < text.length()) {
            if (text.startsWith(TARGET, at)) {
                takeTarget();
            } else if (draft.has("target") || !takePrefix()) {
                takeParameter();
            }
            skipBlanks();
        }
        return draft.finish(column(text.length()));
    }

    private void skipBlanks() {
        Matcher blanks = BLANKS.matcher(text).region(at, text.length());
        at = blanks.lookingAt() ? blanks.end() : at;
    }

    /** All the rest, commas and blanks included; one comma at its end belongs to the list. */
    private void takeTarget() {
        int start = at + TARGET.length();
        int end = text.length() > start && text.endsWith(",") ? text.length() - 1 : text.length();
        draft.set("target", new Parameter(text.substring(start, end), column(start)));
        at = text.length();
    }

    /** Whether there was a prefix: those of formats and scripts count, the others only mark the old form. */
    private boolean takePrefix() {
        Matcher any = ANY_PREFIX.matcher(text).region(at, text.length());
        if (!any.lookingAt()) {
            return false;
        }
        Parameter word = new Parameter(any.group(1), column(at));
        Matcher known = PREFIX.matcher(word.value());
        if (!known.matches()) {
            refusePrefix(word, any.end());
            return false;
        }
        if (known.group("format") != null) {
            draft.set("format", word);
        } else if (known.group("script") != null) {
            draft.set("script", new Parameter("block-" + word.value(), word.column()));
        }
        isOldForm = true;
        at = any.end();
        return true;
    }

    /** A word before a colon is part of the target if more of a word follows, as in {@code hdc:cdrom}. */
    private void refusePrefix(Parameter word, int end) {
        boolean wordFollows = end < text.length() && Character.isLetterOrDigit(text.charAt(end));
        if (!wordFollows) {
            throw new Parameter(word.value() + ":", word.column())
                    .refuse("a prefix that xl knows (phy:, file:, tap:, aio:, raw:, qcow2:, vhd:, iscsi:, nbd:, drbd:"
                            + " and the like), or target=... at the end");
        }
    }

    private void takeParameter() {
        int comma = text.indexOf(',', at);
        int end = comma < 0 ? text.length() : comma;
        Parameter whole = new Parameter(text.substring(at, end), column(at));
        int equals = whole.value().indexOf('=');
        Map.Entry<String, String> flag = FLAGS.get(whole.value().stripTrailing());
        if (equals >= 0) {
            takeNamed(whole, equals);
        } else if (flag != null) {
            draft.set(flag.getKey(), new Parameter(flag.getValue(), whole.column()));
        } else {
            takePositional(whole);
        }
        at = comma < 0 ? end : end + 1;
    }

    private void takeNamed(Parameter whole, int equals) {
        String name = whole.value().substring(0, equals);
        if (!NAMED.contains(name)) {
            throw whole.refuse(
                    NAME.matcher(name).matches()
                            ? "format, vdev, access, devtype, backend, backendtype, script or target before ="
                            : "no = here: a target with = or a comma is written as target=... at the end");
        }
        draft.set(name, new Parameter(whole.value().substring(equals + 1), column(at + equals + 1)));
    }

    private void takePositional(Parameter given) {
        isOldForm |= isEmptyDrive(given);
        if (!draft.has("target")) {
            draft.set("target", given);
        } else if (!isOldForm && !draft.has("format")) {
            draft.set("format", given);
        } else if (!draft.has("vdev")) {
            takeDevice(given);
        } else if (!draft.has("access")) {
            draft.set("access", given);
        } else if (isOldForm && !draft.has("backend")) {
            draft.set("backend", given);
        } else {
            throw given.refuse("no further parameter without a name, after target, format, vdev and access");
        }
    }

    /** {@code ,hdc:cdrom}: the old form of an empty drive has no prefix to tell it. */
    private boolean isEmptyDrive(Parameter given) {
        boolean isTypedDevice = given.value().contains(":") && !draft.has("format") && !draft.has("vdev");
        return isTypedDevice && draft.has("target") && draft.isEmpty("target");
    }

    /** {@code hdc}, or the old {@code hdc:cdrom}. */
    private void takeDevice(Parameter given) {
        int colon = given.value().lastIndexOf(':');
        if (colon < 0) {
            draft.set("vdev", given);
            return;
        }
        draft.set("vdev", new Parameter(given.value().substring(0, colon), given.column()));
        Parameter type = new Parameter(given.value().substring(colon + 1), column(at + colon + 1));
        if (type.value().isBlank()) {
            throw type.refuse("disk or cdrom");
        }
        draft.set("devtype", type);
    }

    private int column(int index) {
        return text.codePointCount(0, index) + 1;
    }
}
