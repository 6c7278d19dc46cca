package dev.xcs.hypervisor.xen;

import dev.xcs.image.AOutKernel;
import dev.xcs.image.BootFile;
import dev.xcs.image.ElfWrapping;
import dev.xcs.image.KernelImage;
import dev.xcs.image.Ramdisk;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Brings what a guest boots into memory, checked, and unpacked where the cache has not done that. */
final class KernelLoader implements AutoCloseable {
    private final WarmFile warm;
    private final WarmFile warmRamdisk;
    private final GuestLibraryUnpacker unpacker;

    KernelLoader(LibC libc, GuestLibraryUnpacker unpacker) {
        this.warm = new WarmFile(libc);
        this.warmRamdisk = new WarmFile(libc);
        this.unpacker = unpacker;
    }

    /** The ELF of a kernel that is to be built. */
    NativeBytes kernel(BuildOrder order) {
        UnpackedKernel unpacked = order.kernel();
        return unpacked == null ? warmed(order.request().kernel()) : warm.share(unpacked);
    }

    private NativeBytes warmed(String path) {
        return warmed(warm, List.of(path), () -> kernel(path));
    }

    /** Kept under what its files looked like both before and after they were read: then it is those files'. */
    private static NativeBytes warmed(WarmFile warm, List<String> paths, Supplier<NativeBytes> reader) {
        Optional<List<String>> identity = identity(paths);
        NativeBytes known = identity.map(warm::find).orElse(null);
        if (known != null) {
            return known;
        }
        NativeBytes read = reader.get();
        boolean kept =
                read.size() <= WarmFile.MAX_COPY_BYTES && identity.isPresent() && identity.equals(identity(paths));
        return kept ? warm.keep(identity.get(), read) : read;
    }

    /** Nothing where it cannot be had; why is said when the file is opened. */
    private static Optional<List<String>> identity(List<String> paths) {
        try {
            List<String> identities = new ArrayList<>();
            for (String path : paths) {
                identities.add(FileIdentity.of(Path.of(path)));
            }
            return Optional.of(identities);
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
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

    /** What is loaded beside a kernel, of files that are joined. */
    NativeBytes module(List<String> files, int memoryMib) {
        try (Ramdisk ramdisk = Ramdisk.open(files, memoryMib)) {
            return warmed(warmRamdisk, files, () -> NativeBytes.copyOf(ramdisk));
        }
    }

    @Override
    public void close() {
        warm.close();
        warmRamdisk.close();
    }
}
