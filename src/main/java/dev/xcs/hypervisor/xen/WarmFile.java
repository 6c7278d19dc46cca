package dev.xcs.hypervisor.xen;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the kernel or the ramdisk that was used last in memory from one build to the next: touching and unmapping tens of megabytes costs a
 * PV dom0, whose page tables Xen guards, about as much as the rest of a build. A cached kernel is mapped: the pages are the page cache's own,
 * and a file that the cache drops meanwhile lives on for as long as it is mapped. Of a user's own file it is a copy, if that is small.
 */
final class WarmFile implements AutoCloseable {
    /** Of copies: they are nobody's page cache. */
    static final long MAX_COPY_BYTES = 16L << 20;

    private final LibC libc;
    /** Guarded by this, as is all of it. */
    private @Nullable Mapping current;

    private static final class Mapping {
        /** An {@link UnpackedKernel}, or the identity of a user's file. */
        private final Object key;

        private final NativeBytes bytes;
        private int users;
        private boolean retired;

        Mapping(Object key, NativeBytes bytes) {
            this.key = key;
            this.bytes = bytes;
        }
    }

    WarmFile(LibC libc) {
        this.libc = libc;
    }

    /** The bytes of a cached kernel. */
    synchronized NativeBytes share(UnpackedKernel kernel) {
        NativeBytes known = find(kernel);
        return known == null ? keep(kernel, NativeBytes.map(libc, kernel.file(), kernel.bytes())) : known;
    }

    /** What was kept under that key, if nothing was kept since. */
    synchronized @Nullable NativeBytes find(Object key) {
        Mapping mapping = current;
        return mapping == null || !mapping.key.equals(key) ? null : borrow(mapping);
    }

    /** Takes bytes over, to be closed when the next are kept and nobody uses them any more. */
    synchronized NativeBytes keep(Object key, NativeBytes bytes) {
        Mapping mapping = new Mapping(key, bytes);
        retire();
        current = mapping;
        return borrow(mapping);
    }

    private NativeBytes borrow(Mapping mapping) {
        mapping.users++;
        return mapping.bytes.borrowed(() -> giveBack(mapping));
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
