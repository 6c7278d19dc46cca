package dev.xcs.image;

import java.nio.ByteBuffer;

/** The headers of an x86 ELF file, as far as they have to be sane before a loader may see them. */
final class ElfHeader {
    /** Enough for either class. */
    static final int BYTES = 64;

    private static final int LITTLE_ENDIAN = 1;
    private static final int TYPE_EXEC = 2;
    private static final int TYPE_DYN = 3;
    private static final int MAX_PROGRAM_HEADERS = 512;
    private static final int PT_LOAD = 1;

    private ElfHeader() {}

    /** Refuses an ELF of another kind or one whose tables or segments are not in the file. */
    static void check(BootFile file, ByteBuffer head, long size) {
        if (head.remaining() < BYTES) {
            throw file.refuse("is truncated: an ELF header of " + head.remaining() + " bytes, expected " + BYTES);
        }
        ElfLayout layout = checkKind(file, head);
        int programs = layout.programCount(head);
        int programBytes = layout.programBytes(head);
        if (programs == 0 || programs > MAX_PROGRAM_HEADERS || programBytes != layout.programEntryBytes) {
            throw file.refuse("is an ELF with " + programs + " program headers of " + programBytes
                    + " bytes, expected 1 to " + MAX_PROGRAM_HEADERS + " of " + layout.programEntryBytes);
        }
        checkFits(file, size, "program header table", layout.programs(head), (long) programs * programBytes);
        checkSections(file, layout, head, size);
        checkSegments(file, layout, size, file.read(layout.programs(head), programs * programBytes));
    }

    /** Refuses what is not a little-endian program for x86; needs the first {@link #BYTES} bytes only. */
    static ElfLayout checkKind(BootFile file, ByteBuffer head) {
        int machine = head.getShort(18) & 0xffff;
        ElfLayout layout = head.get(4) == ElfLayout.CLASS_32.elfClass ? ElfLayout.CLASS_32 : ElfLayout.CLASS_64;
        if (head.get(4) != layout.elfClass || head.get(5) != LITTLE_ENDIAN || machine != layout.machine) {
            throw file.refuse("is an ELF of class " + head.get(4) + " for machine " + machine
                    + ", expected a 64-bit one (class 2) for x86-64 (machine 62) or a 32-bit one (class 1) for"
                    + " i386 (machine 3)");
        }
        int type = head.getShort(16) & 0xffff;
        if (type != TYPE_EXEC && type != TYPE_DYN) {
            throw file.refuse("is an ELF of type " + type + ", expected an executable (2 or 3)");
        }
        return layout;
    }

    private static void checkSections(BootFile file, ElfLayout layout, ByteBuffer head, long size) {
        int sections = layout.sectionCount(head);
        int sectionBytes = layout.sectionBytes(head);
        if (sections == 0) {
            return;
        }
        if (sectionBytes != layout.sectionEntryBytes) {
            throw file.refuse("is an ELF with section headers of " + sectionBytes + " bytes, expected "
                    + layout.sectionEntryBytes);
        }
        checkFits(file, size, "section header table", layout.sections(head), (long) sections * sectionBytes);
    }

    private static void checkSegments(BootFile file, ElfLayout layout, long size, ByteBuffer table) {
        boolean loads = false;
        for (int at = 0; at < table.remaining(); at += layout.programEntryBytes) {
            long fileBytes = layout.segmentFileBytes(table, at);
            boolean load = table.getInt(at) == PT_LOAD;
            if (load && Long.compareUnsigned(layout.segmentMemoryBytes(table, at), fileBytes) < 0) {
                throw file.refuse("is an ELF with a segment that is longer in the file than in memory");
            }
            int number = at / layout.programEntryBytes;
            checkFits(file, size, "segment " + number, layout.segmentOffset(table, at), fileBytes);
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
