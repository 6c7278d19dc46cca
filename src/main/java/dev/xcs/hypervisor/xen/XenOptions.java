package dev.xcs.hypervisor.xen;

import java.nio.file.Path;

/**
 * How the adapter is opened.
 *
 * @param root where sys, proc and dev are found, {@code /} but for tests
 * @param kernelCacheDirectory where decompressed kernels are kept; a directory of its own, made when it is missing
 * @param kernelCacheMaxBytes the least recently used kernels are dropped beyond this; 0 switches the cache off
 * @param builderProcesses how many processes build guests at once; 0: the daemon builds them itself
 */
public record XenOptions(Path root, Path kernelCacheDirectory, long kernelCacheMaxBytes, int builderProcesses) {
    public static XenOptions of(Path kernelCacheDirectory, long kernelCacheMaxBytes) {
        return new XenOptions(Path.of("/"), kernelCacheDirectory, kernelCacheMaxBytes, 0);
    }

    public XenOptions withBuilderProcesses(int processes) {
        return new XenOptions(root, kernelCacheDirectory, kernelCacheMaxBytes, processes);
    }
}
