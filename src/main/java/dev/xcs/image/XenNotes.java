package dev.xcs.image;

import dev.xcs.model.DomainType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a kernel tells Xen of itself: its ELF notes of the owner "Xen" (xen/include/public/elfnote.h), or the section {@code __xen_guest}
 * that PV kernels had before there were notes.
 *
 * @param bootable as what Xen can start it
 * @param guestOs as the kernel calls it, in lower case; empty when it does not
 * @param features bits of public/features.h that it says it supports
 */
public record XenNotes(Set<DomainType> bootable, String guestOs, int features) {
    /** XENFEAT_linux_rsdp_unrestricted: the kernel takes the ACPI tables from where it is told that they are. */
    private static final int RSDP_UNRESTRICTED = 15;

    private static final int NOTE_ENTRY = 1;
    private static final int NOTE_GUEST_OS = 6;
    private static final int NOTE_FEATURES = 10;
    private static final int NOTE_SUPPORTED_FEATURES = 17;
    private static final int NOTE_PHYS32_ENTRY = 18;

    private static final int PT_NOTE = 4;
    private static final int SHT_NOTE = 7;
    /** More than any kernel's notes take; the rest is not looked at. */
    private static final int MAX_NOTE_BYTES = 64 * 1024;

    private static final int MAX_NAME_BYTES = 64 * 1024;
    private static final int NOTE_HEADER_BYTES = 12;
    private static final byte[] OWNER = {'X', 'e', 'n', 0};
    private static final String OLD_SECTION = "__xen_guest";

    public XenNotes {
        bootable = Set.copyOf(bootable);
    }

    /** Whether Xen can start it as such a domain. */
    public boolean canBoot(DomainType type) {
        return bootable.contains(type);
    }

    /** Whether it looks for the ACPI tables where a PC has them, instead of where it is told. */
    public boolean searchesRsdp() {
        return guestOs.equals("linux") && (features >> RSDP_UNRESTRICTED & 1) == 0;
    }

    public static XenNotes read(ElfBytes elf) {
        ByteBuffer head = elf.read(0, ElfLayout.CLASS_64.headerBytes);
        if (head.limit() < ElfLayout.CLASS_64.headerBytes) {
            return new XenNotes(Set.of(), "", 0);
        }
        ElfLayout layout = head.get(4) == ElfLayout.CLASS_32.elfClass ? ElfLayout.CLASS_32 : ElfLayout.CLASS_64;
        Map<Integer, ByteBuffer> notes = ofSegments(elf, layout, head);
        ByteBuffer sections = elf.read(layout.sections(head), layout.sectionCount(head) * layout.sectionEntryBytes);
        if (notes.isEmpty()) {
            notes = ofSections(elf, layout, sections);
        }
        boolean old = notes.isEmpty() && hasOldSection(elf, layout, head, sections);
        return new XenNotes(bootable(layout, notes, old), text(notes, NOTE_GUEST_OS), features(notes));
    }

    private static Map<Integer, ByteBuffer> ofSegments(ElfBytes elf, ElfLayout layout, ByteBuffer head) {
        ByteBuffer table = elf.read(layout.programs(head), layout.programCount(head) * layout.programEntryBytes);
        Map<Integer, ByteBuffer> notes = new HashMap<>();
        for (int at = 0; at + layout.programEntryBytes <= table.limit(); at += layout.programEntryBytes) {
            if (table.getInt(at) == PT_NOTE) {
                collect(elf, layout.segmentOffset(table, at), layout.segmentFileBytes(table, at), notes);
            }
        }
        return notes;
    }

    private static Map<Integer, ByteBuffer> ofSections(ElfBytes elf, ElfLayout layout, ByteBuffer table) {
        Map<Integer, ByteBuffer> notes = new HashMap<>();
        for (int at = 0; at + layout.sectionEntryBytes <= table.limit(); at += layout.sectionEntryBytes) {
            if (table.getInt(at + 4) == SHT_NOTE) {
                collect(elf, layout.sectionOffset(table, at), layout.sectionFileBytes(table, at), notes);
            }
        }
        return notes;
    }

    private static void collect(ElfBytes elf, long offset, long length, Map<Integer, ByteBuffer> notes) {
        ByteBuffer bytes = elf.read(offset, (int) Math.min(MAX_NOTE_BYTES, length));
        int at = 0;
        while (at + NOTE_HEADER_BYTES <= bytes.limit()) {
            long name = at + NOTE_HEADER_BYTES;
            long content = name + aligned(bytes.getInt(at));
            long end = content + (bytes.getInt(at + 4) & 0xffffffffL);
            if (end > bytes.limit()) {
                return;
            }
            byte[] owner = new byte[OWNER.length];
            if (bytes.getInt(at) == OWNER.length) {
                bytes.get((int) name, owner);
            }
            if (Arrays.equals(owner, OWNER)) {
                notes.put(
                        bytes.getInt(at + 8),
                        bytes.slice((int) content, (int) (end - content)).order(bytes.order()));
            }
            at = (int) (content + aligned(bytes.getInt(at + 4)));
        }
    }

    private static long aligned(int length) {
        return ((length & 0xffffffffL) + 3) & -4L;
    }

    private static Set<DomainType> bootable(ElfLayout layout, Map<Integer, ByteBuffer> notes, boolean old) {
        Set<DomainType> types = new TreeSet<>();
        boolean pvh = notes.containsKey(NOTE_PHYS32_ENTRY);
        boolean pv = notes.containsKey(NOTE_ENTRY) || old || (!notes.isEmpty() && !pvh);
        // There is no PV for 32 bits in what runs today.
        if (pv && layout == ElfLayout.CLASS_64) {
            types.add(DomainType.PV);
        }
        if (pvh) {
            types.add(DomainType.PVH);
        }
        return types;
    }

    private static int features(Map<Integer, ByteBuffer> notes) {
        ByteBuffer bits = notes.get(NOTE_SUPPORTED_FEATURES);
        int supported = bits == null || bits.limit() < 4 ? 0 : bits.getInt(0);
        boolean named = text(notes, NOTE_FEATURES).contains("linux_rsdp_unrestricted");
        return named ? supported | 1 << RSDP_UNRESTRICTED : supported;
    }

    private static String text(Map<Integer, ByteBuffer> notes, int type) {
        ByteBuffer bytes = notes.get(type);
        if (bytes == null) {
            return "";
        }
        byte[] text = new byte[bytes.limit()];
        bytes.get(0, text);
        return new String(text, StandardCharsets.ISO_8859_1)
                .replaceAll("\0.*", "")
                .toLowerCase(Locale.ROOT);
    }

    private static boolean hasOldSection(ElfBytes elf, ElfLayout layout, ByteBuffer head, ByteBuffer sections) {
        int names = layout.sectionNames(head) * layout.sectionEntryBytes;
        if (names + layout.sectionEntryBytes > sections.limit()) {
            return false;
        }
        long length = Math.min(MAX_NAME_BYTES, layout.sectionFileBytes(sections, names));
        ByteBuffer text = elf.read(layout.sectionOffset(sections, names), (int) length);
        byte[] all = new byte[text.limit()];
        text.get(0, all);
        return new String(all, StandardCharsets.ISO_8859_1).contains(OLD_SECTION + "\0");
    }
}
