package dev.xcs.hypervisor.xen;

import dev.xcs.image.BootFile;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the file of a kernel in the cache. */
@FunctionalInterface
interface CacheWriter {
    /**
     * Writes a new {@link CacheFile}.
     *
     * @throws IOException if it cannot be written; a kernel that cannot be unpacked is a
     *     {@link dev.xcs.model.ProblemException} instead
     */
    void write(BootFile kernel, Path file) throws IOException;

    /** Writes what an unpacker gives. */
    static CacheWriter of(KernelUnpacker unpacker) {
        return (kernel, file) -> CacheFile.write(file, kernel.path(), into -> unpacker.unpack(kernel, into));
    }
}
