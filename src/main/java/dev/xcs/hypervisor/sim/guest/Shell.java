package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.ShutdownReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The shell of simulated guests: words, quotes, {@code ;} between commands, and no more. */
final class Shell {
    /** A command; gives a program when it needs time, null when it is done. */
    private interface Command {
        @Nullable
        Program run(Guest guest, List<String> args);
    }

    private record Entry(String usage, Command command) {}

    private static final SortedMap<String, Entry> COMMANDS = commands();
    private static final String HELP =
            String.join("\n", COMMANDS.values().stream().map(Entry::usage).toList()) + "\n";

    private final Deque<List<String>> waiting = new ArrayDeque<>();

    /** Takes a line; its commands are run by {@link #next}. */
    void take(String line) {
        waiting.addAll(parse(line));
    }

    void clear() {
        waiting.clear();
    }

    boolean idle() {
        return waiting.isEmpty();
    }

    /** Runs the next command that waits; gives a program when it needs time. */
    @Nullable
    Program next(Guest guest) {
        List<String> words = waiting.remove();
        Entry entry = COMMANDS.get(words.get(0));
        if (entry == null) {
            guest.terminal().print("sh: " + words.get(0) + ": not found\n");
            return null;
        }
        return entry.command().run(guest, words.subList(1, words.size()));
    }

    /** The commands of a line, as words. */
    static List<List<String>> parse(String line) {
        List<List<String>> commands = new ArrayList<>();
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (char c : (line + ";").toCharArray()) {
            if (quote != 0) {
                inWord = true;
                quote = c == quote ? 0 : quote;
                word.append(quote == 0 ? "" : String.valueOf(c));
            } else if (c == '\'' || c == '"') {
                inWord = true;
                quote = c;
            } else if (c != ';' && c != ' ' && c != '\t') {
                inWord = true;
                word.append(c);
            } else {
                if (inWord) {
                    words.add(word.toString());
                }
                word.setLength(0);
                inWord = false;
                if (c == ';' && !words.isEmpty()) {
                    commands.add(words);
                    words = new ArrayList<>();
                }
            }
        }
        return commands;
    }

    private static SortedMap<String, Entry> commands() {
        SortedMap<String, Entry> all = new TreeMap<>();
        all.put("arping", new Entry(ProbeCommands.ARPING_USAGE, ProbeCommands::arping));
        all.put("blkdiscard", new Entry("blkdiscard DISK OFFSET BYTES", DiskCommands::blkdiscard));
        all.put("cat", new Entry("cat FILE...", Shell::cat));
        all.put("crash", new Entry("crash: panics", (guest, args) -> done(guest::panic)));
        all.put("dd", new Entry("dd if=DISK [bs=BYTES] [skip=BLOCKS] [count=BLOCKS]", DiskCommands::dd));
        all.put("dhcpcd", new Entry("dhcpcd [NAME]", ProbeCommands::lease));
        all.put("dmesg", new Entry("dmesg", (guest, args) -> print(guest, guest.kernelLog())));
        all.put("echo", new Entry("echo [-n] [TEXT...]", Shell::echo));
        all.put("exit", new Entry("exit", (guest, args) -> done(guest::logout)));
        all.put(
                "free",
                new Entry("free", (guest, args) -> print(guest, guest.flavour().free(guest.facts()))));
        all.put("halt", new Entry("halt", (guest, args) -> done(() -> guest.goDown(ShutdownReason.POWEROFF))));
        all.put("head", new Entry("head -c BYTES DISK", DiskCommands::head));
        all.put("help", new Entry("help", (guest, args) -> print(guest, help())));
        all.put(
                "hostname",
                new Entry(
                        "hostname", (guest, args) -> print(guest, guest.facts().hostname() + "\n")));
        all.put("ifconfig", new Entry(NetCommands.IFCONFIG_USAGE, NetCommands::ifconfig));
        all.put("ip", new Entry(NetCommands.IP_USAGE, NetCommands::ip));
        all.put("ls", new Entry("ls [DIRECTORY]", Shell::ls));
        all.put("lsblk", new Entry("lsblk", DiskCommands::lsblk));
        all.put("md5sum", new Entry("md5sum DISK", DiskCommands::md5sum));
        all.put("nc", new Entry(ProbeCommands.NC_USAGE, ProbeCommands::nc));
        all.put("netstat", new Entry("netstat -i | -r", NetCommands::netstat));
        all.put("nslookup", new Entry(ProbeCommands.LOOKUP_USAGE, ProbeCommands::lookup));
        all.put("ping", new Entry(ProbeCommands.PING_USAGE, ProbeCommands::ping));
        all.put("poweroff", new Entry("poweroff", (guest, args) -> done(() -> guest.goDown(ShutdownReason.POWEROFF))));
        all.put(
                "ps",
                new Entry("ps", (guest, args) -> print(guest, guest.flavour().processes())));
        all.put("reboot", new Entry("reboot", (guest, args) -> done(() -> guest.goDown(ShutdownReason.REBOOT))));
        all.put("seq", new Entry("seq [FIRST] LAST", Shell::seq));
        all.put("sleep", new Entry("sleep SECONDS", Shell::sleep));
        all.put("spoof", new Entry(ProbeCommands.SPOOF_USAGE, ProbeCommands::spoof));
        all.put("stty", new Entry("stty echo | -echo", Shell::stty));
        all.put("sync", new Entry("sync", DiskCommands::sync));
        all.put("true", new Entry("true", (guest, args) -> null));
        all.put("udhcpc", new Entry("udhcpc [-i NAME]", ProbeCommands::lease));
        all.put("uname", new Entry("uname [-a]", Shell::uname));
        all.put("uptime", new Entry("uptime", Shell::uptime));
        all.put("write", new Entry("write [-f] DISK OFFSET TEXT...", DiskCommands::write));
        all.put(
                "yes",
                new Entry(
                        "yes [TEXT]: until Ctrl-C",
                        (guest, args) -> Programs.yes(args.isEmpty() ? "y" : String.join(" ", args))));
        return all;
    }

    private static String help() {
        return HELP;
    }

    private static @Nullable Program done(Runnable action) {
        action.run();
        return null;
    }

    private static @Nullable Program print(Guest guest, String text) {
        guest.terminal().print(text);
        return null;
    }

    private static @Nullable Program echo(Guest guest, List<String> args) {
        boolean bare = !args.isEmpty() && args.get(0).equals("-n");
        return print(guest, String.join(" ", bare ? args.subList(1, args.size()) : args) + (bare ? "" : "\n"));
    }

    private static @Nullable Program cat(Guest guest, List<String> args) {
        Map<String, String> files = guest.flavour().files(guest.facts());
        for (String path : args) {
            String text = files.get(absolute(path));
            print(guest, text == null ? "cat: " + path + ": No such file or directory\n" : text);
        }
        return null;
    }

    private static @Nullable Program ls(Guest guest, List<String> args) {
        String path = args.isEmpty() ? "/" : absolute(args.get(0));
        String below = path.endsWith("/") ? path : path + "/";
        TreeSet<String> names = new TreeSet<>();
        for (String file : guest.flavour().files(guest.facts()).keySet()) {
            if (file.startsWith(below)) {
                names.add(file.substring(below.length()).replaceFirst("/.*", ""));
            } else if (file.equals(path)) {
                names.add(path);
            }
        }
        return print(
                guest,
                names.isEmpty() ? "ls: " + path + ": No such file or directory\n" : String.join("\n", names) + "\n");
    }

    private static String absolute(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    private static @Nullable Program seq(Guest guest, List<String> args) {
        if (args.isEmpty() || args.size() > 2 || !args.stream().allMatch(arg -> arg.matches("[0-9]{1,15}"))) {
            return print(guest, "usage: seq [FIRST] LAST\n");
        }
        long first = args.size() == 1 ? 1 : Long.parseLong(args.get(0));
        return Programs.seq(first, Long.parseLong(args.get(args.size() - 1)));
    }

    private static @Nullable Program sleep(Guest guest, List<String> args) {
        if (args.size() != 1 || !args.get(0).matches("[0-9]{1,6}(\\.[0-9]{1,3})?")) {
            return print(guest, "usage: sleep SECONDS\n");
        }
        return Programs.sleep(
                (long) (Double.parseDouble(args.get(0)) * Duration.ofSeconds(1).toNanos()));
    }

    private static @Nullable Program stty(Guest guest, List<String> args) {
        if (args.size() != 1 || !args.get(0).matches("-?echo")) {
            return print(guest, "usage: stty echo | -echo\n");
        }
        guest.terminal().echo(args.get(0).equals("echo"));
        return null;
    }

    private static @Nullable Program uname(Guest guest, List<String> args) {
        return print(guest, guest.flavour().uname(guest.facts(), args.contains("-a")) + "\n");
    }

    private static @Nullable Program uptime(Guest guest, List<String> args) {
        Facts facts = guest.facts();
        return print(
                guest,
                String.format(
                        Locale.ROOT, " up %.1f s, 1 user, load average: 0.00, 0.00, 0.00\n", facts.uptimeSeconds()));
    }
}
