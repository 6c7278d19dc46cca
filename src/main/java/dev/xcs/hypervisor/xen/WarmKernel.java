package dev.xcs.hypervisor.xen;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the cached kernel that was used last mapped from one build to the next: touching and unmapping tens of megabytes costs a
 * PV dom0, whose page tables Xen guards, about as much as the rest of a build. The pages are the page cache's own.
 */
final class WarmKernel implements AutoCloseable {
    private final LibC libc;
    /** Guarded by this, as is all of it. */
    private @Nullable Mapping current;

    private static final class Mapping {
        private final KernelCache.Lease lease;
        private final NativeBytes bytes;
        private int users;
        private boolean retired;

        Mapping(KernelCache.Lease lease, NativeBytes bytes) {
            this.lease = lease;
            this.bytes = bytes;
        }
    }

    WarmKernel(LibC libc) {
        this.libc = libc;
    }

    /** The bytes of a leased kernel; takes the lease over. */
    synchronized NativeBytes share(KernelCache.Lease lease) {
        Mapping mapping = current;
        if (mapping != null && mapping.lease.sameAs(lease)) {
            lease.close();
        } else {
            mapping = map(lease);
            retire();
            current = mapping;
        }
        mapping.users++;
        Mapping used = mapping;
        return mapping.bytes.borrowed(() -> giveBack(used));
    }

    private Mapping map(KernelCache.Lease lease) {
        NativeBytes bytes = null;
        try {
            bytes = NativeBytes.map(libc, lease.file(), lease.elfBytes());
            return new Mapping(lease, bytes);
        } finally {
            if (bytes == null) {
                lease.close();
            }
        }
    }

    private synchronized void giveBack(Mapping mapping) {
        mapping.users--;
        releaseUnused(mapping);
    }

    private void retire() {
        Mapping mapping = current;
        if (mapping != null) {
            current = null;
            mapping.retired = true;
            releaseUnused(mapping);
        }
    }

    private static void releaseUnused(Mapping mapping) {
        if (mapping.retired && mapping.users == 0) {
            mapping.bytes.close();
            mapping.lease.close();
        }
    }

    /** Unmaps, or lets the last build that uses it do so. */
    @Override
    public synchronized void close() {
        retire();
    }
}
