package dev.xcs.xlcfg;

import dev.xcs.model.DiskSpec;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes one specification apart into named, positional and flag parameters. */
final class DiskScanner {
    private static final String TARGET = "target=";

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

    private final Scanner scanner;
    private final DiskDraft draft = new DiskDraft();
    private boolean isOldForm;

    DiskScanner(String text) {
        this.scanner = new Scanner(DiskSyntax.LIST, text);
    }

    DiskSpec scan() {
        while (scanner.hasMore()) {
            if (scanner.isAt(TARGET)) {
                takeTarget();
            } else if (draft.has("target") || !takePrefix()) {
                takeParameter();
            }
        }
        return draft.finish(scanner.end());
    }

    /** All the rest, commas and blanks included; one comma at its end belongs to the list. */
    private void takeTarget() {
        Parameter target = scanner.takeRest().from(TARGET.length());
        String path = target.value();
        draft.set("target", target.withValue(path.endsWith(",") ? path.substring(0, path.length() - 1) : path));
    }

    /** Whether there was a prefix: those of formats and scripts count, the others only mark the old form. */
    private boolean takePrefix() {
        Matcher any = scanner.look(ANY_PREFIX);
        if (!any.lookingAt()) {
            return false;
        }
        String word = any.group(1);
        Matcher known = PREFIX.matcher(word);
        int length = any.end() - any.start();
        // A word before a colon is part of the target if more of a word follows, as in hdc:cdrom.
        if (!known.matches() && scanner.isWordAt(length)) {
            return false;
        }
        Parameter prefix = scanner.take(length);
        if (!known.matches()) {
            throw prefix.refuse(
                    "a prefix that xl knows (phy:, file:, tap:, aio:, raw:, qcow2:, vhd:, iscsi:, nbd:, drbd: and the"
                            + " like), or target=... at the end");
        }
        if (known.group("format") != null) {
            draft.set("format", prefix.withValue(word));
        } else if (known.group("script") != null) {
            draft.set("script", prefix.withValue("block-" + word));
        }
        isOldForm = true;
        return true;
    }

    private void takeParameter() {
        Parameter whole = scanner.takePart();
        int equals = whole.value().indexOf('=');
        Map.Entry<String, String> flag = FLAGS.get(whole.value().stripTrailing());
        if (equals >= 0) {
            takeNamed(whole, equals);
        } else if (flag != null) {
            draft.set(flag.getKey(), whole.withValue(flag.getValue()));
        } else {
            takePositional(whole);
        }
    }

    private void takeNamed(Parameter whole, int equals) {
        String name = whole.value().substring(0, equals);
        if (!NAMED.contains(name)) {
            throw whole.refuse(
                    NAME.matcher(name).matches()
                            ? "format, vdev, access, devtype, backend, backendtype, script or target before ="
                            : "no = here: a target with = or a comma is written as target=... at the end");
        }
        draft.set(name, whole.from(equals + 1));
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
        draft.set("vdev", given.withValue(given.value().substring(0, colon)));
        Parameter type = given.from(colon + 1);
        if (type.value().isBlank()) {
            throw type.refuse("disk or cdrom");
        }
        draft.set("devtype", type);
    }
}
