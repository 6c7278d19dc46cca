package dev.xcs.hypervisor.xen;

import dev.xcs.image.AOutKernel;
import dev.xcs.image.BootFile;
import dev.xcs.image.ElfWrapping;
import dev.xcs.image.KernelImage;
import dev.xcs.image.Ramdisk;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings what a guest boots into memory, checked, a compressed kernel by way of the cache. */
final class KernelLoader implements AutoCloseable {
    private final WarmKernel warm;
    private final @Nullable KernelCache cache;

    /** @param cache of decompressed kernels, or none: then libxenguest decompresses in every build */
    KernelLoader(LibC libc, @Nullable KernelCache cache) {
        this.warm = new WarmKernel(libc);
        this.cache = cache;
    }

    NativeBytes kernel(String path) {
        try (BootFile file = BootFile.open("kernel", path)) {
            KernelImage image = KernelImage.inspect(file);
            if (image.format() == KernelImage.Format.A_OUT) {
                return NativeBytes.wrapped(ElfWrapping.of(AOutKernel.read(file)), file);
            }
            if (cache != null && image.format().compressed()) {
                Optional<KernelCache.Lease> lease = cache.lease(file);
                if (lease.isPresent()) {
                    return warm.share(lease.get());
                }
            }
            return NativeBytes.copyOf(file);
        }
    }

    NativeBytes ramdisk(String path, int memoryMib) {
        try (BootFile file = BootFile.open("ramdisk", path)) {
            Ramdisk.inspect(file, memoryMib);
            return NativeBytes.copyOf(file);
        }
    }

    @Override
    public void close() {
        warm.close();
    }
}
