package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import org.jspecify.annotations.Nullable;

/**
 * libxenctrl.so.M.m. Every int: 0 or a count is good, -1 failed with errno; a null pointer failed with errno. C's unsigned long and
 * size_t are long here: there is only amd64.
 */
interface LibXenCtrl extends Library {
    /** Flag of xc_interface_open: opens no device. A hypercall through such a handle crashes the process. */
    int XC_OPENFLAG_DUMMY = 1;

    int XENVER_VERSION = 0;
    int XENVER_CAPABILITIES = 3;

    @Nullable
    Pointer xc_interface_open(@Nullable Pointer logger, @Nullable Pointer dombuildLogger, int flags);

    int xc_interface_close(Pointer xch);

    Pointer xc_get_last_error(Pointer xch);

    void xc_clear_last_error(Pointer xch);

    int xc_version(Pointer xch, int cmd, @Nullable Pointer arg);

    int xc_physinfo(Pointer xch, Pointer info);

    int xc_domain_getinfolist(Pointer xch, int first, int max, Pointer info);

    int xc_domain_create(Pointer xch, IntByReference domid, Pointer config);

    int xc_domain_max_vcpus(Pointer xch, int domid, int max);

    int xc_domain_setmaxmem(Pointer xch, int domid, long kib);

    int xc_domain_set_memmap_limit(Pointer xch, int domid, long kib);

    int xc_domain_set_tsc_info(Pointer xch, int domid, int mode, long elapsedNanos, int khz, int incarnation);

    int xc_domain_set_memory_map(Pointer xch, int domid, Pointer e820, int entries);

    int xc_hvm_param_set(Pointer xch, int domid, int param, long value);

    int xc_evtchn_alloc_unbound(Pointer xch, int domid, int remoteDomid);

    int xc_domain_pause(Pointer xch, int domid);

    int xc_domain_unpause(Pointer xch, int domid);

    int xc_domain_shutdown(Pointer xch, int domid, int reason);

    int xc_domain_destroy(Pointer xch, int domid);

    /** With incremental from the index on, which becomes the next one; count becomes what was copied. */
    int xc_readconsolering(
            Pointer xch, Pointer buffer, IntByReference count, int clear, int incremental, IntByReference index);
}
