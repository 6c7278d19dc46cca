package dev.xcs.hypervisor.xen;

import dev.xcs.model.Dom0System;
import dev.xcs.platform.Dom0;
import java.nio.file.Path;

/**
 * How the adapter is opened.
 *
 * @param dom0 what this system is
 * @param root where sys, proc and dev are found, {@code /} but for tests
 * @param kernelCacheDirectory where decompressed kernels are kept; a directory of its own, made when it is missing
 * @param kernelCacheMaxBytes the least recently used kernels are dropped beyond this; 0 switches the cache off
 * @param builderProcesses how many processes build guests at once; 0: the daemon builds them itself
 */
public record XenOptions(
        Dom0 dom0, Path root, Path kernelCacheDirectory, long kernelCacheMaxBytes, int builderProcesses) {
    /**
     * For this system, by its name; the daemon builds guests itself.
     *
     * @throws dev.xcs.model.ProblemException of type IMPOSSIBLE if it cannot be dom0
     */
    public static XenOptions of(Path kernelCacheDirectory, long kernelCacheMaxBytes) {
        return new XenOptions(thisSystem(), Path.of("/"), kernelCacheDirectory, kernelCacheMaxBytes, 0);
    }

    /** As {@link #of} has it. */
    static Dom0 thisSystem() {
        return Dom0.of(Dom0System.ofSysname(System.getProperty("os.name")));
    }

    public XenOptions withBuilderProcesses(int processes) {
        return new XenOptions(dom0, root, kernelCacheDirectory, kernelCacheMaxBytes, processes);
    }
}
