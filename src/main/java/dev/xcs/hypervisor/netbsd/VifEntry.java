package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was made for a vif beside its interface.
 *
 * @param guarded whether it has a guard, be it one without rules
 * @param rules of NPF
 * @param bridge that knows its address; null for none
 * @param mac that address
 * @param routes addresses with a host route
 * @param published those of them that dom0 answers for elsewhere
 * @param own dom0's address that was put on the interface; null for none
 */
record VifEntry(
        boolean guarded,
        List<String> rules,
        @Nullable String bridge,
        @Nullable MacAddress mac,
        List<IpAddress> routes,
        List<IpAddress> published,
        @Nullable IpAddress own) {
    static final VifEntry NONE = new VifEntry(false, List.of(), null, null, List.of(), List.of(), null);

    boolean isNothing() {
        return equals(NONE);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (guarded) {
            lines.add("guard");
        }
        rules.forEach(rule -> lines.add("rule " + rule));
        if (bridge != null && mac != null) {
            lines.add("bridge " + bridge);
            lines.add("mac " + mac);
        }
        routes.forEach(ip -> lines.add("route " + ip));
        published.forEach(ip -> lines.add("publish " + ip));
        if (own != null) {
            lines.add("own " + own);
        }
        return lines;
    }

    static VifEntry parse(List<String> lines) {
        return new VifEntry(
                lines.contains("guard"),
                values(lines, "rule ").toList(),
                values(lines, "bridge ").findFirst().orElse(null),
                values(lines, "mac ").findFirst().map(MacAddress::new).orElse(null),
                values(lines, "route ").map(IpAddress::new).toList(),
                values(lines, "publish ").map(IpAddress::new).toList(),
                values(lines, "own ").findFirst().map(IpAddress::new).orElse(null));
    }

    private static Stream<String> values(List<String> lines, String key) {
        return lines.stream().filter(line -> line.startsWith(key)).map(line -> line.substring(key.length()));
    }
}
