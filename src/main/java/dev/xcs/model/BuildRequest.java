package dev.xcs.model;

import org.jspecify.annotations.Nullable;

/**
 * Fill a created domain with a kernel.
 *
 * @param memoryMib memory to populate; whole MiB because xc_dom_mem_init takes MiB
 */
public record BuildRequest(
        int domid,
        DomainType type,
        int memoryMib,
        int vcpus,
        String kernel,
        @Nullable String ramdisk,
        @Nullable String cmdline) {}
