package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * libxenguest.so.M.m, the domain builder. Every int: 0 is good, negative failed; errno means nothing then, xc_get_last_error does.
 * Memory handed over is not copied and has to live until xc_dom_release.
 */
interface LibXenGuest extends Library {
    @Nullable
    Pointer xc_dom_allocate(Pointer xch, @Nullable String cmdline, @Nullable String features);

    int xc_dom_kernel_mem(Pointer dom, Pointer kernel, long bytes);

    int xc_dom_module_mem(Pointer dom, Pointer module, long bytes, @Nullable String cmdline);

    int xc_dom_boot_xen_init(Pointer dom, Pointer xch, int domid);

    int xc_dom_parse_image(Pointer dom);

    int xc_dom_mem_init(Pointer dom, int mib);

    int xc_dom_boot_mem_init(Pointer dom);

    int xc_dom_build_image(Pointer dom);

    int xc_dom_boot_image(Pointer dom);

    int xc_dom_gnttab_init(Pointer dom);

    void xc_dom_release(Pointer dom);

    /**
     * Returns -errno itself. The list of arguments grew three times between 4.14 and 4.18; these ten are right for all, as the
     * calling convention passes what a shorter list does not have where nobody looks.
     */
    int xc_cpuid_apply_policy(
            Pointer xch,
            int domid,
            int restore,
            @Nullable Pointer featureset,
            int features,
            int pae,
            int itsc,
            int nestedVirt,
            @Nullable Pointer xend,
            @Nullable Pointer msr);
}
