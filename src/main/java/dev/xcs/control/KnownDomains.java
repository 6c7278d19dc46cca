package dev.xcs.control;

import dev.xcs.model.Domain;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Which domain a domid is, as the domain verticle last told. */
final class KnownDomains {
    private final Map<UUID, Domain> byUuid = new HashMap<>();
    private final Map<Integer, UUID> byDomid = new HashMap<>();

    /** Takes in a domain as it is now and gives what was known of it. */
    Optional<Domain> put(Domain domain) {
        Domain before = byUuid.put(domain.uuid(), domain);
        if (before != null && before.domid() != domain.domid()) {
            byDomid.remove(before.domid(), domain.uuid());
        }
        if (domain.domid() >= 0) {
            byDomid.put(domain.domid(), domain.uuid());
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

    Optional<UUID> uuidOf(int domid) {
        return Optional.ofNullable(byDomid.get(domid));
    }
}
