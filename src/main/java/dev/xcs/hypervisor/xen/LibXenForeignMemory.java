package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** libxenforeignmemory.so.1. A null pointer or -1 failed with errno. */
interface LibXenForeignMemory extends Library {
    @Nullable
    Pointer xenforeignmemory_open(@Nullable Pointer logger, int flags);

    int xenforeignmemory_close(Pointer fmem);

    /** Without an array for the errors of single pages it fails when any page fails. */
    @Nullable
    Pointer xenforeignmemory_map(Pointer fmem, int domid, int prot, long pages, long[] frames, int @Nullable [] errors);

    int xenforeignmemory_unmap(Pointer fmem, Pointer address, long pages);
}
