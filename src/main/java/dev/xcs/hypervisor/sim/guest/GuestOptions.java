package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a simulated guest is told by its kernel command line. Words that do not begin with {@code sim.} or {@code ip=} are for show only.
 * This is the one list of the options:
 *
 * @param bootTime {@code sim.boot-delay=MILLIS}: from the first line to the prompt; 0 is at once
 * @param shutdownTime {@code sim.shutdown-delay=MILLIS}: from the request to the end
 * @param crashAtBoot {@code sim.crash-at-boot}: panics half-way
 * @param ignoreShutdown {@code sim.ignore-shutdown}: neither acknowledges nor obeys control/shutdown
 * @param rebootLoop {@code sim.reboot-loop}: reboots as soon as it is up
 * @param printRate {@code sim.print-rate=BYTES}: prints at most so many bytes a second; 0 is without a limit
 * @param run {@code sim.run="COMMAND"}: a shell command that is run when it is up; quotes only where it has spaces
 * @param addresses {@code ip=ADDRESS/PREFIX[:GATEWAY[:DEVICE]]} or {@code ip=dhcp[:DEVICE]}, as often as wanted: what an interface, else the
 *     first, gets when it comes; with {@code ,} for {@code :} in IPv6
 */
public record GuestOptions(
        Duration bootTime,
        Duration shutdownTime,
        boolean crashAtBoot,
        boolean ignoreShutdown,
        boolean rebootLoop,
        int printRate,
        @Nullable String run,
        List<BootAddress> addresses) {
    private static final String KNOWN = "sim.boot-delay=MILLIS, sim.shutdown-delay=MILLIS, sim.crash-at-boot, "
            + "sim.ignore-shutdown, sim.reboot-loop, sim.print-rate=BYTES or sim.run=COMMAND";

    /**
     * Reads a command line.
     *
     * @throws ProblemException on field {@code cmdline} for an option that is not known or has no fitting value
     */
    public static GuestOptions parse(@Nullable String cmdline, Duration bootTime) {
        GuestOptions options =
                new GuestOptions(bootTime, Duration.ofMillis(200), false, false, false, 0, null, List.of());
        for (String word : words(cmdline == null ? "" : cmdline)) {
            if (word.startsWith("sim.")) {
                options = options.with(word);
            } else if (word.startsWith("ip=")) {
                options = options.withAddress(word);
            }
        }
        return options;
    }

    private GuestOptions with(String word) {
        int equals = word.indexOf('=');
        String value = equals < 0 ? null : word.substring(equals + 1);
        return switch (equals < 0 ? word : word.substring(0, equals)) {
            case "sim.boot-delay" ->
                new GuestOptions(
                        millis(word, value),
                        shutdownTime,
                        crashAtBoot,
                        ignoreShutdown,
                        rebootLoop,
                        printRate,
                        run,
                        addresses);
            case "sim.shutdown-delay" ->
                new GuestOptions(
                        bootTime,
                        millis(word, value),
                        crashAtBoot,
                        ignoreShutdown,
                        rebootLoop,
                        printRate,
                        run,
                        addresses);
            case "sim.crash-at-boot" ->
                new GuestOptions(
                        bootTime,
                        shutdownTime,
                        flag(word, value),
                        ignoreShutdown,
                        rebootLoop,
                        printRate,
                        run,
                        addresses);
            case "sim.ignore-shutdown" ->
                new GuestOptions(
                        bootTime, shutdownTime, crashAtBoot, flag(word, value), rebootLoop, printRate, run, addresses);
            case "sim.reboot-loop" ->
                new GuestOptions(
                        bootTime,
                        shutdownTime,
                        crashAtBoot,
                        ignoreShutdown,
                        flag(word, value),
                        printRate,
                        run,
                        addresses);
            case "sim.print-rate" ->
                new GuestOptions(
                        bootTime,
                        shutdownTime,
                        crashAtBoot,
                        ignoreShutdown,
                        rebootLoop,
                        number(word, value),
                        run,
                        addresses);
            case "sim.run" ->
                new GuestOptions(
                        bootTime,
                        shutdownTime,
                        crashAtBoot,
                        ignoreShutdown,
                        rebootLoop,
                        printRate,
                        text(word, value),
                        addresses);
            default -> throw refusal(word, KNOWN);
        };
    }

    private GuestOptions withAddress(String word) {
        BootAddress address =
                BootAddress.parse(word.substring("ip=".length())).orElseThrow(() -> refusal(word, BootAddress.FORM));
        List<BootAddress> all = new ArrayList<>(addresses);
        all.add(address);
        return new GuestOptions(
                bootTime, shutdownTime, crashAtBoot, ignoreShutdown, rebootLoop, printRate, run, List.copyOf(all));
    }

    private static Duration millis(String word, @Nullable String value) {
        return Duration.ofMillis(number(word, value));
    }

    private static int number(String word, @Nullable String value) {
        if (value == null || !value.matches("[0-9]{1,9}")) {
            throw refusal(word, "a whole number of up to 9 digits after the =");
        }
        return Integer.parseInt(value);
    }

    private static boolean flag(String word, @Nullable String value) {
        if (value != null) {
            throw refusal(word, "no value");
        }
        return true;
    }

    private static String text(String word, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw refusal(word, "a command after the =");
        }
        return value;
    }

    private static ProblemException refusal(String word, String expected) {
        return Problem.invalidField("cmdline", word, expected).toException();
    }

    /** Words as the kernel splits them: blanks between, double quotes keep blanks together and vanish. */
    static List<String> words(String cmdline) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (char c : (cmdline + " ").toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (Character.isWhitespace(c) && !quoted) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                }
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        if (!word.toString().isBlank()) {
            words.add(word.toString().strip());
        }
        return words;
    }
}
