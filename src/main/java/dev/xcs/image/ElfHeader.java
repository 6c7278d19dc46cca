package dev.xcs.image;

import java.nio.ByteBuffer;

/** The header of an x86-64 ELF file (System V ABI, chapter 4), as far as it has to be sane before a loader may see it. */
final class ElfHeader {
    /** "\177ELF", little-endian. */
    static final int MAGIC = 0x464c457f;

    /** Size of the 64-bit file header. */
    static final int BYTES = 64;

    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int MACHINE_X86_64 = 62;
    private static final int TYPE_EXEC = 2;
    private static final int TYPE_DYN = 3;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int SECTION_HEADER_BYTES = 64;
    private static final int MAX_PROGRAM_HEADERS = 512;
    private static final int PT_LOAD = 1;

    private ElfHeader() {}

    /** Refuses an ELF of another kind or one whose tables or segments are not in the file. */
    static void check(BootFile file, ByteBuffer head, long size) {
        if (head.remaining() < BYTES) {
            throw file.refuse("is truncated: an ELF header of " + head.remaining() + " bytes, expected " + BYTES);
        }
        checkKind(file, head);
        int programs = head.getShort(56) & 0xffff;
        int programBytes = head.getShort(54) & 0xffff;
        if (programs == 0 || programs > MAX_PROGRAM_HEADERS || programBytes != PROGRAM_HEADER_BYTES) {
            throw file.refuse("is an ELF with " + programs + " program headers of " + programBytes
                    + " bytes, expected 1 to " + MAX_PROGRAM_HEADERS + " of " + PROGRAM_HEADER_BYTES);
        }
        checkFits(file, size, "program header table", head.getLong(32), (long) programs * programBytes);
        checkSections(file, head, size);
        checkSegments(file, size, file.read(head.getLong(32), programs * programBytes));
    }

    /** Refuses what is not a 64-bit little-endian x86-64 program; needs the first {@link #BYTES} bytes only. */
    static void checkKind(BootFile file, ByteBuffer head) {
        int machine = head.getShort(18) & 0xffff;
        if (head.get(4) != CLASS_64 || head.get(5) != LITTLE_ENDIAN || machine != MACHINE_X86_64) {
            throw file.refuse("is an ELF of class " + head.get(4) + " for machine " + machine
                    + ", expected a 64-bit one (class 2) for x86-64 (machine 62)");
        }
        int type = head.getShort(16) & 0xffff;
        if (type != TYPE_EXEC && type != TYPE_DYN) {
            throw file.refuse("is an ELF of type " + type + ", expected an executable (2 or 3)");
        }
    }

    private static void checkSections(BootFile file, ByteBuffer head, long size) {
        int sections = head.getShort(60) & 0xffff;
        int sectionBytes = head.getShort(58) & 0xffff;
        if (sections == 0) {
            return;
        }
        if (sectionBytes != SECTION_HEADER_BYTES) {
            throw file.refuse("is an ELF with section headers of " + sectionBytes + " bytes, expected 64");
        }
        checkFits(file, size, "section header table", head.getLong(40), (long) sections * sectionBytes);
    }

    private static void checkSegments(BootFile file, long size, ByteBuffer table) {
        boolean loads = false;
        for (int at = 0; at < table.remaining(); at += PROGRAM_HEADER_BYTES) {
            long fileBytes = table.getLong(at + 32);
            boolean load = table.getInt(at) == PT_LOAD;
            if (load && Long.compareUnsigned(table.getLong(at + 40), fileBytes) < 0) {
                throw file.refuse("is an ELF with a segment that is longer in the file than in memory");
            }
            checkFits(file, size, "segment " + at / PROGRAM_HEADER_BYTES, table.getLong(at + 8), fileBytes);
            loads |= load;
        }
        if (!loads) {
            throw file.refuse("is an ELF with nothing to load");
        }
    }

    private static void checkFits(BootFile file, long size, String what, long offset, long length) {
        if (offset < 0 || length < 0 || offset > size || length > size - offset) {
            throw file.refuse("is truncated: its " + what + " is " + Long.toUnsignedString(length) + " bytes at "
                    + Long.toUnsignedString(offset) + ", the file has " + size);
        }
    }
}
