package dev.xcs.hypervisor.xen;

import dev.xcs.image.BootFile;
import dev.xcs.model.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks with libxenguest's own decompressors: a handle without a hypervisor parses the kernel, after which the builder's state
 * points at the decompressed ELF. What this can unpack is then by construction what the library can build.
 */
final class GuestLibraryUnpacker implements KernelUnpacker {
    /** What a host that runs every kind of guest says of itself; parsing refuses a kernel that is not among them. */
    private static final String CAPABILITIES = "xen-3.0-x86_64 hvm-3.0-x86_32 ";
    /** Any domid of a guest: nothing is called with it. */
    private static final int SOME_DOMID = 1;

    private static final int CHUNK_BYTES = 1 << 24;
    private static final int PV_CONTAINER = 0;
    private static final int HVM_CONTAINER = 1;

    private final XenLibraries libraries;
    private final DomImageLayout layout;

    GuestLibraryUnpacker(XenLibraries libraries, DomImageLayout layout) {
        this.libraries = libraries;
        this.layout = layout;
    }

    @Override
    public void unpack(BootFile kernel, WritableByteChannel into) throws IOException {
        try (NativeBytes elf = unpacked(kernel)) {
            for (long at = 0; at < elf.size(); at += CHUNK_BYTES) {
                ByteBuffer chunk = elf.read(at, CHUNK_BYTES);
                while (chunk.hasRemaining()) {
                    into.write(chunk);
                }
            }
        }
    }

    /** The ELF inside a kernel, in memory. */
    NativeBytes unpacked(BootFile kernel) {
        NativeBytes packed = NativeBytes.copyOf(kernel);
        boolean done = false;
        try {
            NativeBytes elf = parsed(packed);
            done = true;
            return elf;
        } finally {
            if (!done) {
                packed.close();
            }
        }
    }

    private NativeBytes parsed(NativeBytes packed) {
        try {
            return parsed(packed, PV_CONTAINER);
        } catch (ProblemException asPv) {
            try {
                // A kernel that is for PVH only is none for the parser of PV guests.
                return parsed(packed, HVM_CONTAINER);
            } catch (ProblemException asPvh) {
                asPv.addSuppressed(asPvh);
                throw asPv;
            }
        }
    }

    private NativeBytes parsed(NativeBytes packed, int container) {
        XenInterface xc = XenInterface.openDummy(libraries);
        DomImage image = null;
        boolean done = false;
        try {
            image = DomImage.allocate(xc, layout, null);
            image.pretend(SOME_DOMID, CAPABILITIES);
            image.setInt(layout.containerType(), container);
            image.kernel(packed);
            image.parse(packed.toString());
            done = true;
            return NativeBytes.of(
                    packed.toString(), image.kernelBlob(), image.kernelSize(), closing(xc, image, packed));
        } finally {
            if (!done) {
                closing(xc, image, null).run();
            }
        }
    }

    private static Runnable closing(XenInterface xc, @Nullable DomImage image, @Nullable NativeBytes packed) {
        return () -> {
            if (image != null) {
                image.close();
            }
            xc.close();
            if (packed != null) {
                packed.close();
            }
        };
    }
}
