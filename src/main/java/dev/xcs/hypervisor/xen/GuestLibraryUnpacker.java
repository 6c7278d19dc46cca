package dev.xcs.hypervisor.xen;

import com.sun.jna.Pointer;
import dev.xcs.image.BootFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Unpacks with libxenguest's own decompressors: a handle without a hypervisor parses the kernel, after which the builder's state
 * points at the decompressed ELF. What this can unpack is then by construction what the library can build.
 */
final class GuestLibraryUnpacker implements KernelUnpacker {
    /** What a host that runs every kind of guest says of itself; parsing refuses a kernel that is not among them. */
    private static final String CAPABILITIES = "xen-3.0-x86_64 hvm-3.0-x86_32 ";
    /** Any domid of a guest: nothing is called with it. */
    private static final int SOME_DOMID = 1;

    private static final long CHUNK_BYTES = 1 << 24;

    private final XenLibraries libraries;
    private final DomImageLayout layout;

    GuestLibraryUnpacker(XenLibraries libraries, DomImageLayout layout) {
        this.libraries = libraries;
        this.layout = layout;
    }

    @Override
    public void unpack(BootFile kernel, WritableByteChannel into) throws IOException {
        try (NativeBytes packed = NativeBytes.copyOf(kernel);
                XenInterface xc = XenInterface.openDummy(libraries);
                DomImage image = DomImage.allocate(xc, layout, null)) {
            image.pretend(SOME_DOMID, CAPABILITIES);
            image.kernel(packed);
            image.parse(kernel.path().toString());
            write(image.kernelBlob(), image.kernelSize(), into);
        }
    }

    private static void write(Pointer elf, long size, WritableByteChannel into) throws IOException {
        for (long at = 0; at < size; at += CHUNK_BYTES) {
            ByteBuffer chunk = elf.getByteBuffer(at, Math.min(CHUNK_BYTES, size - at));
            while (chunk.hasRemaining()) {
                into.write(chunk);
            }
        }
    }
}
