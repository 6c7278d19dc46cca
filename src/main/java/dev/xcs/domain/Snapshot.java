package dev.xcs.domain;

import dev.xcs.model.DomainInfo;
import java.util.List;
import java.util.UUID;

/**
 * The hypervisor's list of domains.
 *
 * @param asked the {@link DomainTable#tick} at which it was asked for: what was bound or retired later is not told rightly by it
 */
record Snapshot(long asked, List<DomainInfo> domains) {
    private static final UUID NO_HANDLE = new UUID(0, 0);

    /**
     * Which domain it is: its handle. A toolstack may leave the handle empty, as Xen does for dom0; then the domid stands in.
     */
    static UUID identity(DomainInfo info) {
        return info.handle().equals(NO_HANDLE) ? new UUID(0, info.domid()) : info.handle();
    }

    boolean holds(UUID uuid, int domid) {
        return domains.stream()
                .anyMatch(info -> info.domid() == domid && identity(info).equals(uuid));
    }
}
