package dev.xcs.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The kinds of Xen's ELF notes (xen/include/public/elfnote.h), and how what they hold is told. */
enum XenNote {
    INFO(0, Content.BYTES),
    ENTRY(1, Content.NUMBER),
    HYPERCALL_PAGE(2, Content.NUMBER),
    VIRT_BASE(3, Content.NUMBER),
    PADDR_OFFSET(4, Content.NUMBER),
    XEN_VERSION(5, Content.TEXT),
    GUEST_OS(6, Content.TEXT),
    GUEST_VERSION(7, Content.TEXT),
    LOADER(8, Content.TEXT),
    PAE_MODE(9, Content.TEXT),
    FEATURES(10, Content.TEXT),
    BSD_SYMTAB(11, Content.TEXT),
    HV_START_LOW(12, Content.NUMBER),
    /** Pairs of a mask and the value that a valid entry has under it. */
    L1_MFN_VALID(13, Content.PAIRS),
    SUSPEND_CANCEL(14, Content.NUMBER),
    INIT_P2M(15, Content.NUMBER),
    MOD_START_PFN(16, Content.NUMBER),
    SUPPORTED_FEATURES(17, Content.NUMBER),
    PHYS32_ENTRY(18, Content.NUMBER),
    /** Alignment, and the lowest and highest address, where they are told. */
    PHYS32_RELOC(19, Content.WORDS),
    CRASH_INFO(0x1000001, Content.BYTES),
    CRASH_REGS(0x1000002, Content.BYTES),
    DUMPCORE_NONE(0x2000000, Content.BYTES),
    DUMPCORE_HEADER(0x2000001, Content.BYTES),
    DUMPCORE_XEN_VERSION(0x2000002, Content.BYTES),
    DUMPCORE_FORMAT_VERSION(0x2000003, Content.NUMBER);

    /** What a note holds. */
    private enum Content {
        NUMBER,
        TEXT,
        PAIRS,
        WORDS,
        BYTES
    }

    private static final int MAX_TEXT = 256;
    private static final int MAX_BYTES = 32;
    private static final int MAX_PAIRS = 8;

    private final int type;
    private final Content content;

    XenNote(int type, Content content) {
        this.type = type;
        this.content = content;
    }

    /** What a note is called: by its kind, or by its number where that is not known. */
    static String name(int type) {
        return find(type).map(Enum::name).orElse("TYPE_0x" + Integer.toHexString(type));
    }

    /** What a note of that kind says. */
    static String tell(int type, byte[] content) {
        return switch (find(type).map(note -> note.content).orElse(Content.BYTES)) {
            case NUMBER -> number(content);
            case TEXT -> text(content);
            case PAIRS -> pairs(content);
            case WORDS -> words(content);
            case BYTES -> bytes(content);
        };
    }

    private static Optional<XenNote> find(int type) {
        return Arrays.stream(values()).filter(note -> note.type == type).findFirst();
    }

    /** Of any width up to 64 bits, as the loader takes them. */
    private static String number(byte[] content) {
        return content.length == 0 || content.length > Long.BYTES ? bytes(content) : hex(content, 0, content.length);
    }

    /** Up to the first NUL. */
    static String text(byte[] content) {
        int length = 0;
        while (length < content.length && length < MAX_TEXT && content[length] != 0) {
            length++;
        }
        return new String(content, 0, length, StandardCharsets.UTF_8);
    }

    /** A number as it was told, or as C reads it: with 0x hexadecimal, else decimal; 0 for what is none. */
    static long number(String told) {
        String bare = told.toLowerCase(Locale.ROOT);
        try {
            return bare.startsWith("0x") ? Long.parseUnsignedLong(bare.substring(2), 16) : Long.parseUnsignedLong(bare);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String pairs(byte[] content) {
        int width = content.length % 16 == 0 ? 8 : 4;
        if (content.length == 0 || content.length % (2 * width) != 0) {
            return bytes(content);
        }
        List<String> pairs = new ArrayList<>();
        for (int at = 0; at < content.length && pairs.size() < MAX_PAIRS; at += 2 * width) {
            pairs.add(hex(content, at, width) + "/" + hex(content, at + width, width));
        }
        return String.join(" ", pairs);
    }

    private static String words(byte[] content) {
        if (content.length == 0 || content.length % 4 != 0 || content.length > 16) {
            return bytes(content);
        }
        List<String> words = new ArrayList<>();
        for (int at = 0; at < content.length; at += 4) {
            words.add(hex(content, at, 4));
        }
        return String.join(" ", words);
    }

    private static String bytes(byte[] content) {
        String shown = HexFormat.of().formatHex(content, 0, Math.min(MAX_BYTES, content.length));
        return content.length > MAX_BYTES
                ? String.format(Locale.ROOT, "%s... (%d bytes)", shown, content.length)
                : shown;
    }

    private static String hex(byte[] content, int at, int width) {
        ByteBuffer wide = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        wide.put(content, at, width);
        return "0x" + Long.toHexString(wide.getLong(0));
    }
}
