package dev.xcs.hypervisor.xen;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the cached kernel that was used last mapped from one build to the next: touching and unmapping tens of megabytes costs a
 * PV dom0, whose page tables Xen guards, about as much as the rest of a build. The pages are the page cache's own; a file that the cache
 * drops meanwhile lives on for as long as it is mapped.
 */
final class WarmKernel implements AutoCloseable {
    private final LibC libc;
    /** Guarded by this, as is all of it. */
    private @Nullable Mapping current;

    private static final class Mapping {
        private final UnpackedKernel kernel;
        private final NativeBytes bytes;
        private int users;
        private boolean retired;

        Mapping(UnpackedKernel kernel, NativeBytes bytes) {
            this.kernel = kernel;
            this.bytes = bytes;
        }
    }

    WarmKernel(LibC libc) {
        this.libc = libc;
    }

    /** The bytes of a cached kernel. */
    synchronized NativeBytes share(UnpackedKernel kernel) {
        Mapping mapping = current;
        if (mapping == null || !mapping.kernel.equals(kernel)) {
            mapping = new Mapping(kernel, NativeBytes.map(libc, kernel.file(), kernel.bytes()));
            retire();
            current = mapping;
        }
        mapping.users++;
        Mapping used = mapping;
        return mapping.bytes.borrowed(() -> giveBack(used));
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
        }
    }

    /** Unmaps, or lets the last build that uses it do so. */
    @Override
    public synchronized void close() {
        retire();
    }
}
