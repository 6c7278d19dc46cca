package dev.xcs.control;

import dev.xcs.model.Domain;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Which domain a domid is, as the domain verticle last told. */
final class KnownDomains {
    private static final int MAX_FORMER = 4096;

    private final Map<UUID, Domain> byUuid = new HashMap<>();
    private final Map<Integer, UUID> byDomid = new HashMap<>();
    /** Who had a domid last: what is told late is told of them. Xen gives a domid again only after all others. */
    private final Map<Integer, UUID> former = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, UUID> eldest) {
            return size() > MAX_FORMER;
        }
    };

    /** Takes in a domain as it is now and gives what was known of it. */
    Optional<Domain> put(Domain domain) {
        Domain before = byUuid.put(domain.uuid(), domain);
        if (before != null && before.domid() != domain.domid()) {
            byDomid.remove(before.domid(), domain.uuid());
        }
        if (domain.domid() >= 0) {
            byDomid.put(domain.domid(), domain.uuid());
            former.remove(domain.domid());
            former.put(domain.domid(), domain.uuid());
        }
        return Optional.ofNullable(before);
    }

    void remove(Domain domain) {
        Domain before = byUuid.remove(domain.uuid());
        byDomid.remove(domain.domid(), domain.uuid());
        if (before != null) {
            byDomid.remove(before.domid(), domain.uuid());
        }
    }

    /** -1 for a domain that is not known or between two boots. */
    int domidOf(UUID uuid) {
        Domain domain = byUuid.get(uuid);
        return domain == null ? -1 : domain.domid();
    }

    Optional<UUID> uuidOf(int domid) {
        return Optional.ofNullable(byDomid.getOrDefault(domid, former.get(domid)));
    }
}
