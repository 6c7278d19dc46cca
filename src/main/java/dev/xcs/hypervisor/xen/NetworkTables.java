package dev.xcs.hypervisor.xen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.hypervisor.xen.net.NetworkRules;
import dev.xcs.hypervisor.xen.net.Sysctl;
import dev.xcs.model.HostNetwork;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The tables of networks in nftables, and the switches that were turned for them. */
final class NetworkTables {
    private final Nftables nftables;
    private final Sysctls sysctls;

    NetworkTables(Nftables nftables, Sysctls sysctls) {
        this.nftables = nftables;
        this.sysctls = sysctls;
    }

    /** The networks that have one. */
    Set<String> networks() {
        if (!nftables.isUsable()) {
            return Set.of();
        }
        return NftListing.read(nftables.list("list tables inet"), "table").stream()
                .flatMap(table -> NetworkRules.networkOf(table.path("name").asText()).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Makes, or replaces, the table of a network that needs one or, where nftables can be used, is the better for it. Then turns the
     * switches, and gives back those that are not needed any more.
     */
    void put(HostNetwork network, List<Sysctl> needed) {
        boolean worthwhile = NetworkRules.isNeeded(network) || (NetworkRules.isWelcome(network) && nftables.isUsable());
        if (!worthwhile) {
            remove(network.name());
            return;
        }
        Map<String, Map<String, Sysctl>> remembered = nftables.isUsable() ? remembered() : Map.of();
        Map<String, Sysctl> former = remembered.getOrDefault(network.name(), Map.of());
        List<Sysctl> wanted = needed.stream()
                .map(sysctl -> Optional.ofNullable(former.get(sysctl.path()))
                        .filter(known -> known.value() == sysctl.value())
                        .orElseGet(() -> withPresent(sysctl)))
                .toList();
        Map<String, Sysctl> wantedByPath = wanted.stream().collect(Collectors.toMap(Sysctl::path, Function.identity()));
        giveBack(network.name(), remembered, wantedByPath.keySet());
        nftables.run(NetworkRules.put(network, wanted));
        wanted.forEach(sysctls::set);
    }

    private Sysctl withPresent(Sysctl needed) {
        return sysctls.read(needed.path())
                .filter(now -> now != needed.value())
                .map(needed::turnedFrom)
                .orElse(needed);
    }

    /** Quietly does nothing for one that has none. */
    void remove(String network) {
        if (networks().contains(network)) {
            giveBack(network, remembered(), Set.of());
            nftables.run(NetworkRules.remove(network));
        }
    }

    /** Turns back what was turned for a network; what another needs as well is left to that one to turn back. */
    private void giveBack(String network, Map<String, Map<String, Sysctl>> remembered, Set<String> stillNeeded) {
        for (Sysctl turned : remembered.getOrDefault(network, Map.of()).values()) {
            int before = turned.before().orElse(turned.value());
            if (before == turned.value() || stillNeeded.contains(turned.path())) {
                continue;
            }
            List<String> heirs = remembered.keySet().stream()
                    .filter(other -> !other.equals(network))
                    .filter(other -> remembered.getOrDefault(other, Map.of()).containsKey(turned.path()))
                    .sorted()
                    .toList();
            if (heirs.isEmpty()) {
                sysctls.set(turned.path(), before);
            } else {
                nftables.run(NetworkRules.remember(heirs.get(0), turned));
            }
        }
    }

    /** By network and path. */
    private Map<String, Map<String, Sysctl>> remembered() {
        Map<String, Map<String, Sysctl>> found = new HashMap<>();
        for (JsonNode chain : NftListing.read(nftables.list("list chains inet"), "chain")) {
            NetworkRules.networkOf(chain.path("table").asText())
                    .ifPresent(network -> Sysctl.parse(chain.path("name").asText())
                            .ifPresent(sysctl -> found.computeIfAbsent(network, name -> new HashMap<>())
                                    .merge(sysctl.path(), sysctl, NetworkTables::turnedOne)));
        }
        return found;
    }

    /** An heir has both: that it needs the switch, and what it was before. */
    private static Sysctl turnedOne(Sysctl one, Sysctl other) {
        return one.before().isPresent() ? one : other;
    }
}
