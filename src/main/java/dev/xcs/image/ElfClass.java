package dev.xcs.image;

import java.nio.ByteBuffer;

/** The two widths of ELF (System V ABI, chapter 4), and where they have what. */
enum ElfClass {
    BITS_32(52, 32, 40),
    BITS_64(64, 56, 64);

    private final int headerBytes;
    private final int segmentBytes;
    private final int sectionBytes;

    ElfClass(int headerBytes, int segmentBytes, int sectionBytes) {
        this.headerBytes = headerBytes;
        this.segmentBytes = segmentBytes;
        this.sectionBytes = sectionBytes;
    }

    /** A segment; {@code place} is where its entry of the table is. */
    record Segment(int index, long place, int type, long offset, long address, long fileBytes, long memoryBytes) {}

    /** A section. */
    record Section(int index, int name, int type, long offset, long bytes) {}

    /** What the header says of the tables. */
    record Header(int type, int machine, long entry, Table segments, Table sections, int names) {}

    /** A table in the file. */
    record Table(long offset, int entryBytes, int count) {
        int bytes() {
            return entryBytes * count;
        }
    }

    int headerBytes() {
        return headerBytes;
    }

    int segmentBytes() {
        return segmentBytes;
    }

    int sectionBytes() {
        return sectionBytes;
    }

    Header header(ByteBuffer from) {
        boolean wide = this == BITS_64;
        int at = wide ? 52 : 40;
        return new Header(
                u16(from, 16),
                u16(from, 18),
                wide ? from.getLong(24) : u32(from, 24),
                new Table(wide ? from.getLong(32) : u32(from, 28), u16(from, at + 2), u16(from, at + 4)),
                new Table(wide ? from.getLong(40) : u32(from, 32), u16(from, at + 6), u16(from, at + 8)),
                u16(from, at + 10));
    }

    /** @param place in the file, of the table */
    Segment segment(ByteBuffer table, int index, long place) {
        int at = index * segmentBytes;
        return this == BITS_64
                ? new Segment(
                        index,
                        place + at,
                        table.getInt(at),
                        table.getLong(at + 8),
                        table.getLong(at + 24),
                        table.getLong(at + 32),
                        table.getLong(at + 40))
                : new Segment(
                        index,
                        place + at,
                        table.getInt(at),
                        u32(table, at + 4),
                        u32(table, at + 12),
                        u32(table, at + 16),
                        u32(table, at + 20));
    }

    Section section(ByteBuffer table, int index) {
        int at = index * sectionBytes;
        return this == BITS_64
                ? new Section(
                        index, table.getInt(at), table.getInt(at + 4), table.getLong(at + 24), table.getLong(at + 32))
                : new Section(index, table.getInt(at), table.getInt(at + 4), u32(table, at + 16), u32(table, at + 20));
    }

    private static int u16(ByteBuffer from, int at) {
        return from.getShort(at) & 0xffff;
    }

    private static long u32(ByteBuffer from, int at) {
        return from.getInt(at) & 0xffffffffL;
    }
}
