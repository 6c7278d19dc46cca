package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** libxengnttab.so.1. A null pointer or -1 failed with errno. */
interface LibXenGntTab extends Library {
    @Nullable
    Pointer xengnttab_open(@Nullable Pointer logger, int flags);

    int xengnttab_close(Pointer xgt);

    @Nullable
    Pointer xengnttab_map_grant_ref(Pointer xgt, int domid, int ref, int prot);

    int xengnttab_unmap(Pointer xgt, Pointer address, int count);
}
