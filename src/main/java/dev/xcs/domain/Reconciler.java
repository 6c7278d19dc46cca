package dev.xcs.domain;

import dev.xcs.model.DomainInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares what is known with what the hypervisor says. */
final class Reconciler {
    /**
     * What is known of one domain.
     *
     * @param domid of its boot, -1 between two boots
     * @param boundAt the tick at which that domid became its own
     * @param dying whether that boot is known to be dead
     */
    record Known(UUID uuid, int domid, long boundAt, boolean managed, boolean dying) {}

    /**
     * @param seen known domains that are there
     * @param missing known domains whose boot is gone
     * @param reborn foreign domains whose toolstack has booted them again under another domid
     * @param strangers domains that are not known
     */
    record Diff(
            Map<UUID, DomainInfo> seen,
            Set<UUID> missing,
            Map<UUID, DomainInfo> reborn,
            Map<UUID, DomainInfo> strangers) {}

    private Reconciler() {}

    /** @param retired domids whose boots were seen off, with the tick of that */
    static Diff compare(Collection<Known> known, Map<Integer, Long> retired, Snapshot snapshot) {
        Diff diff = new Diff(new HashMap<>(), new HashSet<>(), new HashMap<>(), new HashMap<>());
        Map<Integer, DomainInfo> byDomid =
                snapshot.domains().stream().collect(Collectors.toMap(DomainInfo::domid, Function.identity()));
        for (Known one : known) {
            DomainInfo info = byDomid.get(one.domid());
            if (info != null && Snapshot.identity(info).equals(one.uuid())) {
                diff.seen.put(one.uuid(), info);
                byDomid.remove(one.domid());
            } else if (one.domid() >= 0 && one.boundAt() < snapshot.asked()) {
                diff.missing.add(one.uuid());
            }
        }
        List<DomainInfo> others = new ArrayList<>(byDomid.values());
        others.removeIf(info -> retired.getOrDefault(info.domid(), -1L) >= snapshot.asked());
        others.sort((a, b) -> Integer.compare(a.domid(), b.domid()));
        Map<UUID, Known> byUuid = known.stream().collect(Collectors.toMap(Known::uuid, Function.identity()));
        others.forEach(info -> sort(info, byUuid, diff));
        return diff;
    }

    private static void sort(DomainInfo info, Map<UUID, Known> byUuid, Diff diff) {
        UUID uuid = Snapshot.identity(info);
        Known one = byUuid.get(uuid);
        if (one == null) {
            diff.strangers.putIfAbsent(uuid, info);
        } else if (!one.managed() && !info.dying() && (one.dying() || diff.missing.contains(uuid))) {
            diff.reborn.putIfAbsent(uuid, info);
            diff.missing.remove(uuid);
        }
        // Otherwise an older boot that somebody still holds memory of, or one that is just being made.
    }
}
