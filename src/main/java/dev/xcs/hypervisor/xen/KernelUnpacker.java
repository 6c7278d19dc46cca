package dev.xcs.hypervisor.xen;

import dev.xcs.image.BootFile;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Makes the ELF of a compressed kernel. */
@FunctionalInterface
interface KernelUnpacker {
    /**
     * Writes the ELF.
     *
     * @throws IOException if it cannot be written; a kernel that cannot be unpacked is a
     *     {@link dev.xcs.model.ProblemException} instead
     */
    void unpack(BootFile kernel, WritableByteChannel into) throws IOException;
}
