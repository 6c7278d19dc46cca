package dev.xcs.hypervisor.xen;

import dev.xcs.image.AOutKernel;
import dev.xcs.image.BootFile;
import dev.xcs.image.ElfWrapping;
import dev.xcs.image.KernelImage;
import dev.xcs.image.Ramdisk;

/** Brings what a guest boots into memory, checked, and unpacked where the cache has not done that. */
final class KernelLoader implements AutoCloseable {
    private final WarmKernel warm;
    private final GuestLibraryUnpacker unpacker;

    KernelLoader(LibC libc, GuestLibraryUnpacker unpacker) {
        this.warm = new WarmKernel(libc);
        this.unpacker = unpacker;
    }

    /** The ELF of a kernel that is to be built. */
    NativeBytes kernel(BuildOrder order) {
        UnpackedKernel unpacked = order.kernel();
        return unpacked == null ? kernel(order.request().kernel()) : warm.share(unpacked);
    }

    /** The ELF of a kernel from its own file. */
    NativeBytes kernel(String path) {
        try (BootFile file = BootFile.open("kernel", path)) {
            KernelImage.Format format = KernelImage.inspect(file).format();
            if (format == KernelImage.Format.A_OUT) {
                return NativeBytes.wrapped(ElfWrapping.of(AOutKernel.read(file)), file);
            }
            return format.compressed() ? unpacker.unpacked(file) : NativeBytes.copyOf(file);
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
