package dev.xcs.image;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The section {@code __xen_guest} that kernels had before notes: one text of items, {@code GUEST_OS=linux,LOADER=generic,BSD_SYMTAB}.
 * They are told by the names of the notes that took their place.
 */
final class GuestSection {
    static final String NAME = "__xen_guest";
    static final int MAX_BYTES = 4096;

    private static final int MAX_ITEMS = 64;
    private static final int PAGE_BITS = 12;

    private static final Map<String, XenNote> NOTES = Map.ofEntries(
            Map.entry("GUEST_OS", XenNote.GUEST_OS),
            Map.entry("GUEST_VER", XenNote.GUEST_VERSION),
            Map.entry("XEN_VER", XenNote.XEN_VERSION),
            Map.entry("LOADER", XenNote.LOADER),
            Map.entry("VIRT_BASE", XenNote.VIRT_BASE),
            Map.entry("ELF_PADDR_OFFSET", XenNote.PADDR_OFFSET),
            Map.entry("VIRT_ENTRY", XenNote.ENTRY),
            Map.entry("HYPERCALL_PAGE", XenNote.HYPERCALL_PAGE),
            Map.entry("PAE", XenNote.PAE_MODE),
            Map.entry("FEATURES", XenNote.FEATURES),
            Map.entry("BSD_SYMTAB", XenNote.BSD_SYMTAB));

    private GuestSection() {}

    /** Reads up to the first NUL. */
    static Map<String, String> read(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != 0) {
            end++;
        }
        String text = new String(content, 0, end, StandardCharsets.UTF_8);
        Map<String, String> notes = new LinkedHashMap<>();
        for (String item : text.split(",", MAX_ITEMS)) {
            int equals = item.indexOf('=');
            String key = (equals < 0 ? item : item.substring(0, equals)).strip();
            String value = equals < 0 ? "yes" : item.substring(equals + 1).strip();
            if (!key.isEmpty()) {
                XenNote note = NOTES.get(key);
                notes.put(note == null ? key : note.name(), note == null ? value : told(note, notes, value));
            }
        }
        return notes;
    }

    private static String told(XenNote note, Map<String, String> before, String value) {
        return switch (note) {
            // Told as the number of a page from where the kernel begins.
            case HYPERCALL_PAGE -> {
                long base = XenNote.number(before.getOrDefault(XenNote.VIRT_BASE.name(), "0"));
                yield "0x" + Long.toHexString(base + (XenNote.number(value) << PAGE_BITS));
            }
            case VIRT_BASE, PADDR_OFFSET, ENTRY -> "0x" + Long.toHexString(XenNote.number(value));
            default -> value;
        };
    }
}
