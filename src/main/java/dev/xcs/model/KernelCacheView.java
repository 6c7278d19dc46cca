package dev.xcs.model;

import java.util.List;

/**
 * The kernel cache as it is shown.
 *
 * @param maxBytes the least recently used kernels are dropped beyond this; 0 when there is no cache
 * @param kernels the most recently used first
 */
public record KernelCacheView(long maxBytes, KernelCacheCounts counts, List<CachedKernel> kernels) {
    public KernelCacheView {
        kernels = List.copyOf(kernels);
    }
}
