package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.Kernels;
import dev.xcs.hypervisor.sim.guest.SimKernel;
import dev.xcs.model.CachedKernel;
import dev.xcs.model.DomainType;
import dev.xcs.model.KernelCacheCounts;
import dev.xcs.model.KernelCacheView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Kernels of the simulated host. Nothing is unpacked; the cache is a list of the compressed kernels that guests were built of. */
final class SimKernels implements Kernels {
    private static final long MAX_BYTES = 512L << 20;

    /** By key, the most recently used last. Guarded by this, as are the counts. */
    private final Map<String, CachedKernel> cached = new LinkedHashMap<>();

    private long hits;
    private long misses;

    @Override
    public Set<DomainType> bootable(String kernel) {
        return SimKernel.isName(kernel) ? SimKernel.named(kernel).bootable() : KernelFile.bootable(kernel);
    }

    @Override
    public void prepare(String kernel) {
        bootable(kernel);
        use(kernel);
    }

    /** A guest is built of a kernel that could be read. */
    void use(String kernel) {
        if (SimKernel.isName(kernel) || !KernelFile.compressed(kernel)) {
            return;
        }
        try {
            use(Path.of(kernel));
        } catch (IOException e) {
            throw Problem.of(ProblemType.BAD_IMAGE, "kernel: " + Problem.quote(kernel) + " cannot be read: " + e)
                    .withField("kernel")
                    .toException();
        }
    }

    private synchronized void use(Path kernel) throws IOException {
        long bytes = Files.size(kernel);
        long changed = Files.getLastModifiedTime(kernel).toMillis();
        String key = String.format("0-%x-%x-%x-%x", kernel.toString().hashCode(), bytes, changed, changed);
        if (cached.remove(key) == null) {
            misses++;
        } else {
            hits++;
        }
        cached.put(key, new CachedKernel(key, kernel.toString(), bytes, Instant.now(), false));
    }

    @Override
    public synchronized KernelCacheView show() {
        List<CachedKernel> kernels = new ArrayList<>(cached.values());
        Collections.reverse(kernels);
        return new KernelCacheView(MAX_BYTES, counts(), kernels);
    }

    @Override
    public synchronized KernelCacheCounts counts() {
        long bytes = cached.values().stream().mapToLong(CachedKernel::bytes).sum();
        return new KernelCacheCounts(bytes, hits, misses, 0);
    }

    @Override
    public synchronized void forget(@Nullable String key) {
        if (key == null) {
            cached.clear();
        } else if (cached.remove(key) == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "No kernel " + Problem.quote(key) + " is cached")
                    .toException();
        }
    }
}
