package dev.xcs.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes small ELF files: one segment to load, notes in a segment or a section, a section __xen_guest. */
public final class ElfWriter {
    static final int BYTES = 4096;

    private static final int NOTES_AT = 512;
    private static final int GUEST_AT = 2048;
    private static final int NAMES_AT = 3072;
    private static final int SECTIONS_AT = 3584;
    private static final String NAMES = "\0.notes\0__xen_guest\0.shstrtab\0";

    private final boolean wide;
    private final ByteBuffer file = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer notes = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    private boolean inSection;
    private String guest = "";

    private ElfWriter(boolean wide) {
        this.wide = wide;
    }

    static ElfWriter elf64() {
        return new ElfWriter(true);
    }

    static ElfWriter elf32() {
        return new ElfWriter(false);
    }

    /** What a PV and PVH Linux says. */
    public static ElfWriter linux() {
        return elf64().text(6, "linux")
                .text(7, "2.6")
                .text(5, "xen-3.0")
                .number(3, 0xffffffff80000000L)
                .number(1, 0xffffffff82fbd1a0L)
                .number(2, 0xffffffff81000000L)
                .text(10, "!writable_page_tables|pae_pgdir_above_4gb")
                .note(17, word(0x8801))
                .text(9, "yes")
                .text(8, "generic")
                .note(
                        13,
                        ByteBuffer.allocate(16)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(1)
                                .putLong(1)
                                .array())
                .number(18, 0x1000850);
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    public ElfWriter text(int type, String text) {
        return note(type, (text + "\0").getBytes(StandardCharsets.UTF_8));
    }

    ElfWriter number(int type, long value) {
        return note(
                type,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array());
    }

    ElfWriter note(int type, byte[] content) {
        return note("Xen", type, content);
    }

    ElfWriter note(String owner, int type, byte[] content) {
        notes.putInt(owner.length() + 1).putInt(content.length).putInt(type);
        notes.put((owner + "\0").getBytes(StandardCharsets.US_ASCII));
        align();
        notes.put(content);
        align();
        return this;
    }

    private void align() {
        notes.position(notes.position() + 3 & ~3);
    }

    /** Not in a segment, as old kernels have them. */
    ElfWriter notesInSection() {
        inSection = true;
        return this;
    }

    ElfWriter guestSection(String content) {
        guest = content;
        return this;
    }

    public byte[] write() {
        int noteBytes = notes.position();
        file.put(NOTES_AT, notes.array(), 0, noteBytes);
        file.put(GUEST_AT, guest.getBytes(StandardCharsets.US_ASCII));
        file.put(NAMES_AT, NAMES.getBytes(StandardCharsets.US_ASCII));
        List<int[]> sections = new ArrayList<>();
        sections.add(new int[] {0, 0, 0, 0});
        sections.add(new int[] {NAMES.indexOf(".notes"), inSection ? 7 : 1, NOTES_AT, noteBytes});
        if (!guest.isEmpty()) {
            sections.add(new int[] {NAMES.indexOf("__xen_guest"), 1, GUEST_AT, guest.length() + 1});
        }
        sections.add(new int[] {NAMES.indexOf(".shstrtab"), 3, NAMES_AT, NAMES.length()});
        header(sections.size());
        segment(0, 1, 0, BYTES, 2 * BYTES);
        segment(1, inSection ? 0 : 4, NOTES_AT, noteBytes, noteBytes);
        for (int i = 0; i < sections.size(); i++) {
            section(i, sections.get(i));
        }
        return file.array();
    }

    private void header(int sections) {
        file.putInt(0, 0x464c457f)
                .put(4, (byte) (wide ? 2 : 1))
                .put(5, (byte) 1)
                .put(6, (byte) 1);
        file.putShort(16, (short) 2).putShort(18, (short) (wide ? 62 : 3)).putInt(20, 1);
        int at = wide ? 52 : 40;
        if (wide) {
            file.putLong(24, 0x100000).putLong(32, 64).putLong(40, SECTIONS_AT);
        } else {
            file.putInt(24, 0x100000).putInt(28, 52).putInt(32, SECTIONS_AT);
        }
        file.putShort(at, (short) (wide ? 64 : 52)).putShort(at + 2, (short) (wide ? 56 : 32));
        file.putShort(at + 4, (short) 2).putShort(at + 6, (short) (wide ? 64 : 40));
        file.putShort(at + 8, (short) sections).putShort(at + 10, (short) (sections - 1));
    }

    private void segment(int index, int type, int offset, int bytes, int memory) {
        int at = wide ? 64 + 56 * index : 52 + 32 * index;
        file.putInt(at, type);
        if (wide) {
            file.putLong(at + 8, offset).putLong(at + 24, 0x100000).putLong(at + 32, bytes);
            file.putLong(at + 40, memory);
        } else {
            file.putInt(at + 4, offset).putInt(at + 12, 0x100000).putInt(at + 16, bytes);
            file.putInt(at + 20, memory);
        }
    }

    private void section(int index, int[] of) {
        int at = SECTIONS_AT + (wide ? 64 : 40) * index;
        file.putInt(at, of[0]).putInt(at + 4, of[1]);
        if (wide) {
            file.putLong(at + 24, of[2]).putLong(at + 32, of[3]);
        } else {
            file.putInt(at + 16, of[2]).putInt(at + 20, of[3]);
        }
    }
}
