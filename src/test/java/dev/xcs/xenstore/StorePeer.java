package dev.xcs.xenstore;

import java.nio.file.Path;

/** A xenstored to test against. */
interface StorePeer extends AutoCloseable {
    Path socket();

    /** Whether the store is the test's own: may be restarted, have domains, and be written outside of the private subtree. */
    default boolean isOwn() {
        return true;
    }

    /** Ends it at once; what it knew is lost. */
    void kill() throws Exception;

    /** Starts it again, empty, after {@link #kill}. */
    void start() throws Exception;

    /** The hypervisor has a new domain. */
    void addDomain(int domid) throws Exception;

    /** The hypervisor says that a domain is shut down. */
    void shutDomainDown(int domid) throws Exception;

    /** The hypervisor says that a domain is gone. */
    void removeDomain(int domid) throws Exception;
}
