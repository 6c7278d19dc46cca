package dev.xcs.platform;

import dev.xcs.model.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link NetbsdNetwork#interfaces} and {@link NetbsdNetwork#bridges} print (sbin/ifconfig, sbin/brconfig). Lines of other kinds are passed
 * over: every release prints more of them.
 */
public final class NetbsdLinks {
    private static final Pattern HEAD = Pattern.compile(
            "([A-Za-z][A-Za-z0-9._-]*): flags=[0-9a-fx]+(?:<([^>]*)>)?(?: metric \\d+)?(?: mtu (\\d+))?.*");
    private static final Pattern HARDWARE = Pattern.compile("\\s+address: ([0-9a-f]{2}(?::[0-9a-f]{2}){5})");
    private static final Pattern ADDRESS = Pattern.compile("\\s+inet6? (?:alias )?([0-9a-f.:]+)[ /%].*");
    private static final Pattern COUNTERS = Pattern.compile("\\s+(input|output): (\\d+) packets?, (\\d+) bytes?(.*)");
    private static final Pattern MORE = Pattern.compile("(\\d+) (errors?|queue drops?)");
    private static final Pattern MEMBER = Pattern.compile("\\s+([A-Za-z][A-Za-z0-9._-]*) flags=[0-9a-fx]+<[^>]*>.*");
    private static final Pattern ROUTE_INTERFACE = Pattern.compile("\\s*interface: (\\S+)\\s*");

    private final List<NetbsdLink> found = new ArrayList<>();
    private @Nullable String name;
    private boolean up;
    private int mtu;
    private @Nullable String mac;
    private List<IpAddress> addresses = new ArrayList<>();
    private NetbsdLink.Counters in = NetbsdLink.Counters.NONE;
    private NetbsdLink.Counters out = NetbsdLink.Counters.NONE;

    private NetbsdLinks() {}

    /** Of ifconfig. */
    public static List<NetbsdLink> read(String text) {
        NetbsdLinks reader = new NetbsdLinks();
        text.lines().forEach(reader::take);
        reader.finish();
        return List.copyOf(reader.found);
    }

    /** Of brconfig: the bridges by their members. */
    public static Map<String, String> members(String text) {
        Map<String, String> bridges = new LinkedHashMap<>();
        String bridge = "";
        for (String line : text.lines().toList()) {
            Matcher head = HEAD.matcher(line);
            Matcher member = MEMBER.matcher(line);
            if (head.matches()) {
                bridge = head.group(1);
            } else if (member.matches()) {
                bridges.put(member.group(1), bridge);
            }
        }
        return bridges;
    }

    /** Of route: by which interface; null if it does not say. */
    public static @Nullable String routeInterface(String text) {
        return text.lines()
                .map(ROUTE_INTERFACE::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .findFirst()
                .orElse(null);
    }

    private void take(String line) {
        Matcher head = HEAD.matcher(line);
        if (head.matches()) {
            finish();
            name = head.group(1);
            up = Arrays.asList((head.group(2) == null ? "" : head.group(2)).split(",", -1))
                    .contains("UP");
            mtu = head.group(3) == null ? 0 : Integer.parseInt(head.group(3));
            return;
        }
        Matcher hardware = HARDWARE.matcher(line);
        Matcher address = ADDRESS.matcher(line);
        Matcher counted = COUNTERS.matcher(line);
        if (hardware.matches()) {
            mac = hardware.group(1);
        } else if (address.matches()) {
            addresses.add(IpAddress.parse(address.group(1)));
        } else if (counted.matches()) {
            count(counted);
        }
    }

    private void count(Matcher line) {
        long errors = 0;
        long drops = 0;
        Matcher more = MORE.matcher(line.group(4));
        while (more.find()) {
            long number = Long.parseLong(more.group(1));
            errors = more.group(2).startsWith("error") ? number : errors;
            drops = more.group(2).startsWith("queue") ? number : drops;
        }
        NetbsdLink.Counters counters =
                new NetbsdLink.Counters(Long.parseLong(line.group(2)), Long.parseLong(line.group(3)), errors, drops);
        if (line.group(1).equals("input")) {
            in = counters;
        } else {
            out = counters;
        }
    }

    private void finish() {
        if (name != null) {
            found.add(new NetbsdLink(name, found.size() + 1, up, mtu, mac, addresses, in, out));
        }
        name = null;
        mac = null;
        addresses = new ArrayList<>();
        in = NetbsdLink.Counters.NONE;
        out = NetbsdLink.Counters.NONE;
    }
}
