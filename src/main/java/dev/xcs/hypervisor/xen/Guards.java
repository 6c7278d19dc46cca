package dev.xcs.hypervisor.xen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.hypervisor.xen.net.GuardRules;
import dev.xcs.model.ProblemException;
import dev.xcs.model.VifGuard;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The guards of vifs in nftables, each with a counter of what it dropped. */
final class Guards {
    private final Nftables nftables;

    Guards(Nftables nftables) {
        this.nftables = nftables;
    }

    /**
     * Puts a guard before an interface, or takes away the one it has if it is to let everything pass.
     *
     * @param formerName what the interface was called before; what guarded that goes
     */
    void put(String name, String formerName, VifGuard guard) {
        if (!formerName.equals(name)) {
            remove(formerName);
        }
        if (!GuardRules.isNeeded(guard)) {
            remove(name);
            return;
        }
        try {
            nftables.run(GuardRules.put(name, guard));
        } catch (ProblemException e) {
            throw nftables.allows(GuardRules.trial())
                    ? e
                    : new ProblemException(
                            e.problem()
                                    .withCause("the kernel does not let nftables see frames before a bridge does"
                                            + " (NF_TABLES_NETDEV and NETFILTER_INGRESS)"),
                            e);
        }
    }

    /** Quietly does nothing where there is none. The last one takes the table with it. */
    void remove(String name) {
        Set<String> guarded = drops().keySet();
        if (!guarded.contains(name)) {
            return;
        }
        nftables.run(guarded.size() == 1 ? GuardRules.removeTable() : GuardRules.remove(name));
    }

    /** How many frames each guard has dropped, by interface. */
    Map<String, Long> drops() {
        if (!nftables.isUsable() || !hasTable()) {
            return Map.of();
        }
        return NftListing.read(nftables.list("list counters table netdev " + GuardRules.TABLE), "counter").stream()
                .collect(Collectors.toMap(
                        counter -> GuardRules.interfaceOf(counter.path("name").asText()),
                        counter -> counter.path("packets").asLong()));
    }

    private boolean hasTable() {
        return NftListing.read(nftables.list("list tables netdev"), "table").stream()
                .map(table -> table.path("name"))
                .map(JsonNode::asText)
                .anyMatch(GuardRules.TABLE::equals);
    }
}
