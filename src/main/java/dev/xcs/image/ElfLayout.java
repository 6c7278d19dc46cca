package dev.xcs.image;

import java.nio.ByteBuffer;

/** Where the fields of an ELF file's headers are (System V ABI, chapters 4 and 5): the two classes differ in order and width. */
enum ElfLayout {
    /** For x86-64. */
    CLASS_64(2, 62, 64, 32, 40, 54, 56, 64),
    /** For i386, in which a PVH guest begins anyway. */
    CLASS_32(1, 3, 52, 28, 32, 42, 32, 40);

    /** "\177ELF", little-endian. */
    static final int MAGIC = 0x464c457f;

    final int elfClass;
    final int machine;
    final int headerBytes;
    final int programEntryBytes;
    final int sectionEntryBytes;
    private final int programsAt;
    private final int sectionsAt;
    /** First of five adjacent 16-bit fields: size and number of program headers, of section headers, index of the names. */
    private final int countsAt;

    ElfLayout(
            int elfClass,
            int machine,
            int headerBytes,
            int programsAt,
            int sectionsAt,
            int countsAt,
            int programEntryBytes,
            int sectionEntryBytes) {
        this.elfClass = elfClass;
        this.machine = machine;
        this.headerBytes = headerBytes;
        this.programsAt = programsAt;
        this.sectionsAt = sectionsAt;
        this.countsAt = countsAt;
        this.programEntryBytes = programEntryBytes;
        this.sectionEntryBytes = sectionEntryBytes;
    }

    long programs(ByteBuffer head) {
        return word(head, programsAt);
    }

    long sections(ByteBuffer head) {
        return word(head, sectionsAt);
    }

    int programBytes(ByteBuffer head) {
        return half(head, countsAt);
    }

    int programCount(ByteBuffer head) {
        return half(head, countsAt + 2);
    }

    int sectionBytes(ByteBuffer head) {
        return half(head, countsAt + 4);
    }

    int sectionCount(ByteBuffer head) {
        return half(head, countsAt + 6);
    }

    int sectionNames(ByteBuffer head) {
        return half(head, countsAt + 8);
    }

    long segmentOffset(ByteBuffer table, int at) {
        return word(table, at + (this == CLASS_64 ? 8 : 4));
    }

    long segmentFileBytes(ByteBuffer table, int at) {
        return word(table, at + (this == CLASS_64 ? 32 : 16));
    }

    long segmentMemoryBytes(ByteBuffer table, int at) {
        return word(table, at + (this == CLASS_64 ? 40 : 20));
    }

    long sectionOffset(ByteBuffer table, int at) {
        return word(table, at + (this == CLASS_64 ? 24 : 16));
    }

    long sectionFileBytes(ByteBuffer table, int at) {
        return word(table, at + (this == CLASS_64 ? 32 : 20));
    }

    private long word(ByteBuffer from, int at) {
        return this == CLASS_64 ? from.getLong(at) : from.getInt(at) & 0xffffffffL;
    }

    private static int half(ByteBuffer from, int at) {
        return from.getShort(at) & 0xffff;
    }
}
