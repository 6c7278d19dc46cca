package dev.xcs.hypervisor.sim;

import dev.xcs.image.BootFile;
import dev.xcs.image.KernelImage;
import dev.xcs.image.Ramdisk;
import dev.xcs.image.XenNotes;
import dev.xcs.model.DomainType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/** What the builder of real Xen would say to the files of a guest. */
final class KernelFile {
    private static final int CHUNK = 1 << 20;
    /** "Xen" with its NUL: the owner of an ELF note, as a little-endian word. */
    private static final int OWNER = 0x006e6558;

    private static final int OWNER_LENGTH = 4;
    /** A note begins with the lengths of owner and descriptor and its type, a word each. */
    private static final int NOTE_HEADER = 12;
    /** "__xe" and "n_gu" of the section that kernels had before notes. */
    private static final int SECTION_1 = 0x65785f5f;

    private static final int SECTION_2 = 0x75675f6e;

    private KernelFile() {}

    /** As what Xen can start it; throws a problem of type BAD_IMAGE that names field and path. Compressed ones are not looked into. */
    static Set<DomainType> bootable(String path) {
        try (BootFile file = BootFile.open("kernel", path)) {
            KernelImage image = KernelImage.inspect(file);
            if (image.format() == KernelImage.Format.A_OUT) {
                return Set.of(DomainType.PV);
            }
            if (image.format() != KernelImage.Format.ELF) {
                return Set.of(DomainType.PV, DomainType.PVH);
            }
            Set<DomainType> noted = XenNotes.read(file).bootable();
            if (!noted.isEmpty()) {
                return noted;
            }
            if (isForXen(file)) {
                return Set.of(DomainType.PV);
            }
            throw file.refuse("is an ELF, but not a kernel for Xen: it has neither Xen notes nor __xen_guest");
        }
    }

    static boolean compressed(String path) {
        return KernelImage.inspect(path).format().compressed();
    }

    static void checkModule(List<String> files, int memoryMib) {
        Ramdisk.inspect(files, memoryMib);
    }

    private static boolean isForXen(BootFile file) {
        // The chunks overlap, so that nothing is missed between two of them.
        for (long at = 0; at < file.size(); at += CHUNK - 2 * NOTE_HEADER) {
            if (mentionsXen(file.read(at, CHUNK))) {
                return true;
            }
        }
        return false;
    }

    private static boolean mentionsXen(ByteBuffer bytes) {
        for (int at = 0; at + NOTE_HEADER + 4 <= bytes.limit(); at++) {
            int word = bytes.getInt(at);
            boolean note = word == OWNER_LENGTH && bytes.getInt(at + NOTE_HEADER) == OWNER;
            if (note || (word == SECTION_1 && bytes.getInt(at + 4) == SECTION_2)) {
                return true;
            }
        }
        return false;
    }
}
