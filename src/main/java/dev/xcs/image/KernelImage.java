package dev.xcs.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;

/**
 * What a kernel file is, by its headers: enough to keep truncated files and files of another kind away from libxenguest, which
 * parses in this process. Whether the kernel can run as PV or PVH is found by the builder.
 *
 * @param size of the file, in bytes
 */
public record KernelImage(Format format, long size) {
    /** The containers that a kernel may come in. */
    public enum Format {
        /** An x86 ELF, loaded as it is. */
        ELF(false),
        /** A gzip file with an ELF inside. */
        GZIP(true),
        /** Linux' own container (Documentation/arch/x86/boot.rst). */
        BZIMAGE(true),
        /** Plan 9's own format, which is wrapped into an ELF ({@link ElfWrapping}). */
        A_OUT(false);

        private final boolean compressed;

        Format(boolean compressed) {
            this.compressed = compressed;
        }

        public boolean compressed() {
            return compressed;
        }
    }

    private static final int HEAD_BYTES = 4096;
    private static final int GZIP_MAGIC = 0x8b1f;
    /** Boot protocol header: "HdrS" little-endian at 0x202. */
    private static final int BZIMAGE_MAGIC = 0x53726448;

    private static final int BZIMAGE_MAGIC_AT = 0x202;
    /** Protocol 2.08 is the first that says where the payload is. */
    private static final int BZIMAGE_OLDEST = 0x208;

    private static final int SECTOR = 512;

    /** Checks a kernel at a path; the field it came from is {@code kernel}. */
    public static KernelImage inspect(String path) {
        try (BootFile file = BootFile.open("kernel", path)) {
            return inspect(file);
        }
    }

    /** Checks an open file. */
    public static KernelImage inspect(BootFile file) {
        ByteBuffer head = file.read(0, HEAD_BYTES);
        return new KernelImage(format(file, head), file.size());
    }

    private static Format format(BootFile file, ByteBuffer head) {
        if (head.remaining() >= 4 && head.getInt(0) == ElfLayout.MAGIC) {
            ElfHeader.check(file, head, file.size());
            return Format.ELF;
        }
        if (head.remaining() >= 2 && (head.getShort(0) & 0xffff) == GZIP_MAGIC) {
            checkGzip(file, head);
            return Format.GZIP;
        }
        if (head.remaining() >= BZIMAGE_MAGIC_AT + 4 && head.getInt(BZIMAGE_MAGIC_AT) == BZIMAGE_MAGIC) {
            checkBzImage(file, head);
            return Format.BZIMAGE;
        }
        if (AOutKernel.begins(head)) {
            AOutKernel.read(file);
            return Format.A_OUT;
        }
        throw file.refuse("is not a kernel: neither an ELF, nor a bzImage, nor a gzip file, nor a Plan 9 a.out");
    }

    private static void checkBzImage(BootFile file, ByteBuffer head) {
        if (head.remaining() < 0x250) {
            throw file.refuse("is truncated: a bzImage header of " + head.remaining() + " bytes");
        }
        int protocol = head.getShort(0x206) & 0xffff;
        if (protocol < BZIMAGE_OLDEST) {
            throw file.refuse(
                    String.format("has boot protocol %d.%02d, expected 2.08 or newer", protocol >> 8, protocol & 0xff));
        }
        int sectors = head.get(0x1f1) & 0xff;
        long code = ((sectors == 0 ? 4 : sectors) + 1L) * SECTOR;
        // Counted in paragraphs of 16 bytes: the last one need not be whole.
        checkFits(file, "protected-mode code", code, Math.max(0, unsigned(head, 0x1f4) * 16 - 15));
        checkFits(file, "compressed kernel", code + unsigned(head, 0x248), unsigned(head, 0x24c));
    }

    private static void checkGzip(BootFile file, ByteBuffer head) {
        byte[] start = new byte[head.remaining()];
        head.get(0, start);
        byte[] inside = new byte[ElfHeader.BYTES];
        int got = 0;
        try (GZIPInputStream stream = new GZIPInputStream(new ByteArrayInputStream(start))) {
            got = stream.readNBytes(inside, 0, inside.length);
        } catch (IOException e) {
            throw file.refuse("is a gzip file that cannot be unpacked: " + e.getMessage());
        }
        ByteBuffer elf = ByteBuffer.wrap(inside, 0, got).order(ByteOrder.LITTLE_ENDIAN);
        if (got < inside.length || elf.getInt(0) != ElfLayout.MAGIC) {
            throw file.refuse("is a gzip file without an ELF inside");
        }
        ElfHeader.checkKind(file, elf);
    }

    private static void checkFits(BootFile file, String what, long offset, long length) {
        if (length == 0 || offset + length > file.size()) {
            throw file.refuse("is truncated: its " + what + " is " + length + " bytes at " + offset + ", the file has "
                    + file.size());
        }
    }

    private static long unsigned(ByteBuffer from, int at) {
        return from.getInt(at) & 0xffffffffL;
    }
}
