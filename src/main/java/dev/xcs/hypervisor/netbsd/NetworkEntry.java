package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was made for a network.
 *
 * @param bridge its own; null for none
 * @param hostSide dom0's member of it; null for none
 * @param vlan the interface for the uplink's tagged frames; null for none
 * @param port the member by which the bridge leads out; null for none
 * @param address dom0's on its member; null for none
 * @param rules of NPF, maps among them
 * @param forwards whether dom0 has to pass packets on
 * @param complete whether all of it was made
 */
record NetworkEntry(
        @Nullable String bridge,
        @Nullable String hostSide,
        @Nullable String vlan,
        @Nullable String port,
        @Nullable IpAddress address,
        List<String> rules,
        boolean forwards,
        boolean complete) {
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        put(lines, "bridge ", bridge);
        put(lines, "host ", hostSide);
        put(lines, "vlan ", vlan);
        put(lines, "port ", port);
        put(lines, "address ", address);
        rules.forEach(rule -> lines.add("rule " + rule));
        if (forwards) {
            lines.add("forwards");
        }
        if (complete) {
            lines.add("complete");
        }
        return lines;
    }

    NetworkEntry completed() {
        return new NetworkEntry(bridge, hostSide, vlan, port, address, rules, forwards, true);
    }

    private static void put(List<String> lines, String key, @Nullable Object value) {
        if (value != null) {
            lines.add(key + value);
        }
    }

    static NetworkEntry parse(List<String> lines) {
        return new NetworkEntry(
                value(lines, "bridge "),
                value(lines, "host "),
                value(lines, "vlan "),
                value(lines, "port "),
                values(lines, "address ").findFirst().map(IpAddress::new).orElse(null),
                values(lines, "rule ").toList(),
                lines.contains("forwards"),
                lines.contains("complete"));
    }

    private static @Nullable String value(List<String> lines, String key) {
        return values(lines, key).findFirst().orElse(null);
    }

    private static Stream<String> values(List<String> lines, String key) {
        return lines.stream().filter(line -> line.startsWith(key)).map(line -> line.substring(key.length()));
    }

    /** Those that were made for it. */
    List<String> interfaces() {
        List<String> made = new ArrayList<>();
        if (bridge != null) {
            made.add(bridge);
        }
        if (hostSide != null) {
            made.add(hostSide);
        }
        if (vlan != null) {
            made.add(vlan);
        }
        return made;
    }
}
