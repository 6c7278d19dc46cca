package dev.xcs.hypervisor.sim;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The domains by domid, and the rover that hands out domids so that one is reused as late as possible. */
final class DomainTable {
    /** DOMID_FIRST_RESERVED of public/xen.h. */
    static final int FIRST_RESERVED = 0x7FF0;

    private final ConcurrentSkipListMap<Integer, SimDomain> domains = new ConcurrentSkipListMap<>();
    private int rover;

    /** The next free domid, or -1 when there is none. */
    synchronized int next() {
        for (int tried = 1; tried < FIRST_RESERVED; tried++) {
            rover = rover + 1 < FIRST_RESERVED ? rover + 1 : 1;
            if (!domains.containsKey(rover)) {
                return rover;
            }
        }
        return -1;
    }

    void add(SimDomain domain) {
        domains.put(domain.domid, domain);
    }

    void remove(SimDomain domain) {
        domains.remove(domain.domid, domain);
    }

    Optional<SimDomain> find(int domid) {
        return Optional.ofNullable(domains.get(domid));
    }

    /** By ascending domid. */
    Collection<SimDomain> all() {
        return domains.values();
    }

    /** Whether there is such a domain and it is not dying: what xenstored asks. */
    boolean alive(int domid) {
        SimDomain domain = domains.get(domid);
        return domain != null && !domain.dying;
    }
}
