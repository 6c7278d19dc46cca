package dev.xcs.hypervisor.xen;

import dev.xcs.image.AOutKernel;
import dev.xcs.image.BootFile;
import dev.xcs.image.ElfWrapping;
import dev.xcs.image.KernelImage;
import dev.xcs.image.Ramdisk;
import dev.xcs.image.XenNotes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings what a guest boots into memory, checked, a compressed kernel by way of the cache. */
final class KernelLoader implements AutoCloseable {
    private final WarmKernel warm;
    private final @Nullable KernelCache cache;
    private final GuestLibraryUnpacker unpacker;

    /** @param cache of decompressed kernels, or none: then every build decompresses its own */
    KernelLoader(LibC libc, @Nullable KernelCache cache, GuestLibraryUnpacker unpacker) {
        this.warm = new WarmKernel(libc);
        this.cache = cache;
        this.unpacker = unpacker;
    }

    /** The ELF of a kernel. */
    NativeBytes kernel(String path) {
        try (BootFile file = BootFile.open("kernel", path)) {
            KernelImage image = KernelImage.inspect(file);
            if (image.format() == KernelImage.Format.A_OUT) {
                return NativeBytes.wrapped(ElfWrapping.of(AOutKernel.read(file)), file);
            }
            if (!image.format().compressed()) {
                return NativeBytes.copyOf(file);
            }
            Optional<KernelCache.Lease> lease = cache == null ? Optional.empty() : cache.lease(file);
            return lease.map(warm::share).orElseGet(() -> unpacker.unpacked(file));
        }
    }

    /** What a kernel says of itself. */
    XenNotes notes(String path) {
        try (NativeBytes elf = kernel(path)) {
            return XenNotes.read(elf);
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
