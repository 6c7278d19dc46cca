package dev.xcs.hypervisor.sim;

import dev.xcs.xenstore.wire.Errno;

/** A request that the simulated xenstored refuses; becomes an ERROR reply. */
final class StoreError extends RuntimeException {
    private final Errno errno;

    StoreError(Errno errno) {
        super(errno.name(), null, false, false);
        this.errno = errno;
    }

    Errno errno() {
        return errno;
    }
}
