package dev.xcs.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fill a created domain with a kernel.
 *
 * @param memoryMib memory to populate; whole MiB because xc_dom_mem_init takes MiB
 * @param modules what is loaded beside the kernel, each of files that are joined
 */
public record BuildRequest(
        int domid,
        DomainType type,
        int memoryMib,
        int vcpus,
        String kernel,
        List<List<String>> modules,
        @Nullable String cmdline) {
    public BuildRequest {
        modules = modules.stream().map(List::copyOf).toList();
    }
}
