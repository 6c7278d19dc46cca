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
 */
public record XenOptions(Dom0 dom0, Path root, Path kernelCacheDirectory, long kernelCacheMaxBytes) {
    /**
     * For this system, by its name.
     *
     * @throws dev.xcs.model.ProblemException of type IMPOSSIBLE if it cannot be dom0
     */
    public static XenOptions of(Path kernelCacheDirectory, long kernelCacheMaxBytes) {
        Dom0 dom0 = Dom0.of(Dom0System.ofSysname(System.getProperty("os.name")));
        return new XenOptions(dom0, Path.of("/"), kernelCacheDirectory, kernelCacheMaxBytes);
    }
}
