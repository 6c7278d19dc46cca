package dev.xcs.image;

import dev.xcs.image.unpack.Unpacking;
import dev.xcs.model.Compression;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Linux' container (Documentation/arch/x86/boot.rst), which memtest86+ borrows. All places are those in the file. */
final class BzImage {
    /** "HdrS", little-endian, at 0x202. */
    private static final int MAGIC = 0x53726448;

    private static final int MAGIC_AT = 0x202;
    private static final int HEADER_BYTES = 0x268;
    /** Protocol 2.08 is the first that says where the payload is. */
    private static final int OLDEST = 0x208;

    private static final int SECTOR = 512;
    private static final int VERSION_BYTES = 256;
    /** At the end of the payload, but for gzip which has it itself: how long it is unpacked. */
    private static final int SIZE_BYTES = 4;

    private final FileBytes bytes;
    private final ByteBuffer header;
    private final long payload;
    private final long payloadBytes;
    private final Compression compression;

    private BzImage(FileBytes bytes, ByteBuffer header, long payload, long payloadBytes, Compression compression) {
        this.bytes = bytes;
        this.header = header;
        this.payload = payload;
        this.payloadBytes = payloadBytes;
        this.compression = compression;
    }

    static boolean begins(ByteBuffer head) {
        return head.remaining() >= MAGIC_AT + 4 && head.getInt(MAGIC_AT) == MAGIC;
    }

    static BzImage open(FileBytes bytes) {
        ByteBuffer header = bytes.require("bzImage header", 0, HEADER_BYTES);
        int protocol = header.getShort(0x206) & 0xffff;
        if (protocol < OLDEST) {
            throw bytes.refuse(
                    0x206,
                    String.format(
                            Locale.ROOT,
                            "boot protocol %d.%02d, expected 2.08 or newer",
                            protocol >> 8,
                            protocol & 0xff));
        }
        int sectors = header.get(0x1f1) & 0xff;
        long code = ((sectors == 0 ? 4 : sectors) + 1L) * SECTOR;
        // Counted in paragraphs of 16 bytes: the last one need not be whole.
        bytes.requireInside("protected-mode code", code, Math.max(0, u32(header, 0x1f4) * 16 - 15));
        long payload = code + u32(header, 0x248);
        long length = u32(header, 0x24c);
        if (length == 0) {
            return new BzImage(bytes, header, payload, 0, Compression.NONE);
        }
        bytes.requireInside("payload", payload, length);
        ByteBuffer start = bytes.read(payload, (int) Math.min(length, 64));
        Compression compression = Unpacking.of(start);
        if (compression == Compression.NONE && !ElfImage.begins(start)) {
            throw bytes.refuse(payload, "a payload that is neither an ELF nor compressed in a way that is known");
        }
        return new BzImage(bytes, header, payload, length, compression);
    }

    Compression compression() {
        return compression;
    }

    /** Whether there is a kernel in it; else its code is all that it has. */
    boolean hasPayload() {
        return payloadBytes != 0;
    }

    long payload() {
        return payload;
    }

    /** Without what only says how long it is unpacked. */
    long payloadBytes() {
        return compression == Compression.GZIP || compression == Compression.NONE
                ? payloadBytes
                : Math.max(0, payloadBytes - SIZE_BYTES);
    }

    /** Where the 32-bit code begins that unpacks the kernel. */
    long entry() {
        return u32(header, 0x214);
    }

    /** How it names itself and its build. */
    @Nullable
    String version() {
        int pointer = header.getShort(0x20e) & 0xffff;
        if (pointer == 0) {
            return null;
        }
        ByteBuffer text = bytes.read(pointer + SECTOR, VERSION_BYTES);
        byte[] all = new byte[text.remaining()];
        text.get(all);
        int end = 0;
        while (end < all.length && all[end] != 0) {
            end++;
        }
        return new String(all, 0, end, StandardCharsets.UTF_8).strip();
    }

    private static long u32(ByteBuffer from, int at) {
        return from.getInt(at) & 0xffffffffL;
    }
}
