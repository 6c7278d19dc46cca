package dev.xcs.image;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An ELF for x86, checked as far as a loader relies on it, and what it says to Xen. */
final class ElfImage {
    /** "\177ELF", little-endian. */
    static final int MAGIC = 0x464c457f;

    private static final int IDENT_BYTES = 16;
    private static final int LITTLE_ENDIAN = 1;
    private static final int BIG_ENDIAN = 2;
    private static final int TYPE_EXEC = 2;
    private static final int TYPE_DYN = 3;
    private static final int MACHINE_386 = 3;
    private static final int MACHINE_X86_64 = 62;
    private static final int MAX_SEGMENTS = 512;
    private static final int MAX_SECTIONS = 8192;
    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final int SHT_NOTE = 7;
    private static final int SHT_NOBITS = 8;
    private static final int MAX_NAMES = 1 << 20;
    private static final int MAX_NOTE_PARTS = 64;

    private final ImageBytes bytes;
    private final ElfClass width;
    private final ElfClass.Header header;
    private final List<ElfClass.Segment> segments;

    private ElfImage(ImageBytes bytes, ElfClass width, ElfClass.Header header, List<ElfClass.Segment> segments) {
        this.bytes = bytes;
        this.width = width;
        this.header = header;
        this.segments = segments;
    }

    /** What an ELF says to Xen, and Linux' name of its build. */
    record Notes(Map<String, String> xen, @Nullable String linux) {}

    static boolean begins(ByteBuffer head) {
        return head.remaining() >= 4 && head.getInt(0) == MAGIC;
    }

    /** Refuses an ELF of another kind, or one whose tables or segments are not there. */
    static ElfImage open(ImageBytes bytes) {
        ElfClass width = width(bytes);
        ElfClass.Header header = width.header(bytes.require("ELF header", 0, width.headerBytes()));
        if (header.machine() != MACHINE_386 && header.machine() != MACHINE_X86_64) {
            throw bytes.refuse(18, "an ELF for machine " + header.machine() + ", expected x86 (3) or x86-64 (62)");
        }
        if (header.type() != TYPE_EXEC && header.type() != TYPE_DYN) {
            throw bytes.refuse(16, "an ELF of type " + header.type() + ", expected an executable (2 or 3)");
        }
        ElfClass.Table table = header.segments();
        if (table.count() == 0 || table.count() > MAX_SEGMENTS || table.entryBytes() != width.segmentBytes()) {
            throw bytes.refuse(
                    width == ElfClass.BITS_64 ? 54 : 42,
                    table.count() + " program headers of " + table.entryBytes() + " bytes, expected 1 to "
                            + MAX_SEGMENTS + " of " + width.segmentBytes());
        }
        ByteBuffer entries = bytes.require("program header table", table.offset(), table.bytes());
        List<ElfClass.Segment> segments = new ArrayList<>();
        for (int i = 0; i < table.count(); i++) {
            segments.add(width.segment(entries, i, table.offset()));
        }
        ElfImage image = new ElfImage(bytes, width, header, segments);
        image.checkSegments();
        return image;
    }

    private static ElfClass width(ImageBytes bytes) {
        ByteBuffer ident = bytes.require("ELF header", 0, IDENT_BYTES);
        if (ident.get(5) == BIG_ENDIAN) {
            throw bytes.refuse(5, "a big-endian ELF, expected a little-endian one");
        }
        if (ident.get(5) != LITTLE_ENDIAN) {
            throw bytes.refuse(5, "an ELF of byte order " + ident.get(5) + ", expected 1 (little-endian)");
        }
        return switch (ident.get(4)) {
            case 1 -> ElfClass.BITS_32;
            case 2 -> ElfClass.BITS_64;
            default -> throw bytes.refuse(4, "an ELF of class " + ident.get(4) + ", expected 1 or 2 (32 or 64 bit)");
        };
    }

    private void checkSegments() {
        boolean loads = false;
        for (ElfClass.Segment segment : segments) {
            boolean load = segment.type() == PT_LOAD;
            if (load && Long.compareUnsigned(segment.memoryBytes(), segment.fileBytes()) < 0) {
                throw bytes.refuse(
                        segment.place(), "segment " + segment.index() + " is longer in the file than in memory");
            }
            if (load && overflows(segment)) {
                throw bytes.refuse(segment.place(), "segment " + segment.index() + " goes beyond the last address");
            }
            loads |= load;
        }
        if (!loads) {
            throw bytes.refuse(header.segments().offset(), "an ELF with nothing to load");
        }
        checkPlaces();
    }

    private boolean overflows(ElfClass.Segment segment) {
        long last = segment.address() + segment.memoryBytes();
        boolean wrapped = Long.compareUnsigned(last, segment.address()) < 0;
        return wrapped || (width == ElfClass.BITS_32 && last > 1L << Integer.SIZE);
    }

    /** Refuses what is not in the file, as far as its size is known. */
    void checkPlaces() {
        for (ElfClass.Segment segment : segments) {
            bytes.requireInside("segment " + segment.index(), segment.offset(), segment.fileBytes());
        }
        ElfClass.Table table = header.sections();
        if (table.count() == 0) {
            return;
        }
        if (table.entryBytes() != width.sectionBytes()) {
            throw bytes.refuse(
                    width == ElfClass.BITS_64 ? 58 : 46,
                    "section headers of " + table.entryBytes() + " bytes, expected " + width.sectionBytes());
        }
        bytes.requireInside("section header table", table.offset(), table.bytes());
    }

    /** Whether it is one of 64 bits. */
    boolean isWide() {
        return width == ElfClass.BITS_64;
    }

    String architecture() {
        return header.machine() == MACHINE_386 ? "x86_32" : "x86_64";
    }

    long entry() {
        return header.entry();
    }

    /** Looked for where Xen's loader does, in its order: segments, sections of notes, the section that there was before. */
    Notes notes() {
        NoteReader reader = new NoteReader(bytes);
        segments.stream()
                .filter(segment -> segment.type() == PT_NOTE && segment.fileBytes() != 0)
                .sorted(Comparator.comparingLong(ElfClass.Segment::offset))
                .limit(MAX_NOTE_PARTS)
                .forEach(segment -> reader.read("segment " + segment.index(), segment.offset(), segment.fileBytes()));
        if (!reader.xen().isEmpty() || header.sections().count() == 0) {
            return new Notes(reader.xen(), reader.linux());
        }
        List<ElfClass.Section> sections = sections();
        sections.stream()
                .filter(section -> section.type() == SHT_NOTE && section.bytes() != 0)
                .sorted(Comparator.comparingLong(ElfClass.Section::offset))
                .limit(MAX_NOTE_PARTS)
                .forEach(section -> reader.read("section " + section.index(), section.offset(), section.bytes()));
        return new Notes(reader.xen().isEmpty() ? guestSection(sections) : reader.xen(), reader.linux());
    }

    private List<ElfClass.Section> sections() {
        ElfClass.Table table = header.sections();
        if (table.count() > MAX_SECTIONS) {
            throw bytes.refuse(table.offset(), table.count() + " section headers, expected at most " + MAX_SECTIONS);
        }
        ByteBuffer entries = bytes.require("section header table", table.offset(), table.bytes());
        List<ElfClass.Section> sections = new ArrayList<>();
        for (int i = 0; i < table.count(); i++) {
            sections.add(width.section(entries, i));
        }
        return sections;
    }

    private Map<String, String> guestSection(List<ElfClass.Section> sections) {
        int names = header.names();
        if (names == 0 || names >= sections.size()) {
            return Map.of();
        }
        ElfClass.Section table = sections.get(names);
        if (table.type() == SHT_NOBITS || table.bytes() <= 0 || table.bytes() > MAX_NAMES) {
            return Map.of();
        }
        ByteBuffer text = bytes.require("section " + names, table.offset(), (int) table.bytes());
        for (ElfClass.Section section : sections) {
            if (isNamed(text, section.name(), GuestSection.NAME)) {
                int length = (int) Math.min(GuestSection.MAX_BYTES, Math.max(0, section.bytes()));
                ByteBuffer content = bytes.require("section " + section.index(), section.offset(), length);
                byte[] all = new byte[content.remaining()];
                content.get(all);
                return GuestSection.read(all);
            }
        }
        return Map.of();
    }

    private static boolean isNamed(ByteBuffer names, int at, String name) {
        if (at < 0 || at > names.limit() - name.length() - 1) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (names.get(at + i) != name.charAt(i)) {
                return false;
            }
        }
        return names.get(at + name.length()) == 0;
    }
}
