package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.Kernels;
import dev.xcs.image.AOutKernel;
import dev.xcs.image.BootFile;
import dev.xcs.image.ElfWrapping;
import dev.xcs.image.KernelImage;
import dev.xcs.image.SeenImages;
import dev.xcs.image.XenNotes;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.KernelCacheCounts;
import dev.xcs.model.KernelCacheView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The kernels of dom0's file system: what they are, by their own notes, and the cache of those that are compressed. */
final class XenKernels implements Kernels {
    private static final int REMEMBERED = 64;

    private final Builder builder;
    private final @Nullable KernelCache cache;
    /** To look into a packed kernel costs as much as to build a guest. */
    private final SeenImages seen = new SeenImages();
    /** By the identity of the kernel's file. Guarded by itself. */
    private final Map<String, XenNotes> notes = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, XenNotes> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param cache of decompressed kernels, or none: then every build decompresses its own */
    XenKernels(Builder builder, @Nullable KernelCache cache) {
        this.builder = builder;
        this.cache = cache;
    }

    BuiltDomain build(BuildRequest request) {
        try (BootFile file = BootFile.open("kernel", request.kernel())) {
            Optional<KernelCache.Lease> lease = lease(file);
            try {
                UnpackedKernel unpacked = lease.map(KernelCache.Lease::kernel).orElse(null);
                return builder.build(new BuildOrder(request, unpacked));
            } finally {
                lease.ifPresent(KernelCache.Lease::close);
            }
        }
    }

    private Optional<KernelCache.Lease> lease(BootFile file) {
        boolean compressed = KernelImage.inspect(file, seen).format().compressed();
        return cache != null && compressed ? cache.lease(file) : Optional.empty();
    }

    @Override
    public Set<DomainType> bootable(String kernel) {
        try (BootFile file = BootFile.open("kernel", kernel)) {
            String identity = FileIdentity.of(file.path());
            synchronized (notes) {
                XenNotes known = notes.get(identity);
                if (known != null) {
                    return known.bootable();
                }
            }
            XenNotes read = read(file);
            synchronized (notes) {
                notes.put(identity, read);
            }
            return read.bootable();
        } catch (IOException e) {
            throw Problem.of(ProblemType.BAD_IMAGE, "kernel: " + Problem.quote(kernel) + " cannot be read: " + e)
                    .withField("kernel")
                    .toException();
        }
    }

    private XenNotes read(BootFile file) {
        KernelImage.Format format = KernelImage.inspect(file, seen).format();
        if (format == KernelImage.Format.A_OUT) {
            return XenNotes.read(ElfWrapping.of(AOutKernel.read(file)));
        }
        if (!format.compressed()) {
            return XenNotes.read(file);
        }
        Optional<KernelCache.Lease> lease = lease(file);
        if (lease.isEmpty()) {
            return builder.notes(file.path().toString());
        }
        try (KernelCache.Lease held = lease.get();
                BootFile unpacked = BootFile.open("kernel", held.file().toString())) {
            return XenNotes.read(unpacked, held.elfBytes());
        }
    }

    @Override
    public void prepare(String kernel) {
        bootable(kernel);
        if (cache != null) {
            try (BootFile file = BootFile.open("kernel", kernel)) {
                lease(file).ifPresent(KernelCache.Lease::close);
            }
        }
    }

    @Override
    public KernelCacheView show() {
        return cache == null ? new KernelCacheView(0, counts(), List.of()) : cache.show();
    }

    @Override
    public KernelCacheCounts counts() {
        return cache == null ? new KernelCacheCounts(0, 0, 0, 0) : cache.counts();
    }

    @Override
    public void forget(@Nullable String key) {
        if (cache != null) {
            cache.forget(key);
        } else if (key != null) {
            throw Problem.of(ProblemType.NOT_FOUND, "No kernel " + Problem.quote(key) + " is cached: there is no cache")
                    .toException();
        }
    }
}
