package dev.xcs.hypervisor.xen;

import dev.xcs.image.BootFile;
import dev.xcs.image.ImageInspector;
import dev.xcs.image.Ramdisk;
import dev.xcs.model.Compression;
import dev.xcs.model.ImageFormat;
import dev.xcs.model.ImageReport;
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
            ImageReport image = ImageInspector.glance(file);
            if (image.format() == ImageFormat.PLAN9 || image.format() == ImageFormat.MULTIBOOT) {
                throw file.refuse("is of the format " + image.format().json() + ", which Xen's builder does not load");
            }
            if (cache != null && (image.compression() != Compression.NONE || image.format() == ImageFormat.BZIMAGE)) {
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
