package dev.xcs.image;

import dev.xcs.model.Compression;
import dev.xcs.model.GuestOs;
import dev.xcs.model.ImageFormat;
import dev.xcs.model.ImageReport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was found out about an image so far, and what follows from it. */
final class Findings {
    private static final String XEN_3 = "xen-3.0";

    private final ImageFormat format;
    private final Compression compression;
    private GuestOs guestOs = GuestOs.UNKNOWN;
    private @Nullable String architecture;
    private @Nullable String product;
    private @Nullable String entry;
    private List<Integer> multiboot = List.of();
    private Map<String, String> notes = Map.of();
    private boolean noted = true;
    private @Nullable String incomplete;

    Findings(ImageFormat format, Compression compression) {
        this.format = format;
        this.compression = compression;
    }

    Findings runs(GuestOs found) {
        guestOs = found;
        return this;
    }

    Findings on(String found) {
        architecture = found;
        return this;
    }

    Findings beginsAt(long address) {
        entry = "0x" + Long.toHexString(address);
        return this;
    }

    /** The first name that is told counts. */
    Findings isCalled(@Nullable String name) {
        product = product == null ? name : product;
        return this;
    }

    Findings hasMultiboot(List<Integer> versions) {
        multiboot = versions;
        return this;
    }

    Findings says(Map<String, String> xenNotes) {
        notes = xenNotes;
        GuestOs told = GuestOs.ofNote(note(XenNote.GUEST_OS));
        guestOs = told == GuestOs.UNKNOWN ? guestOs : told;
        return this;
    }

    /** Its notes are not known. */
    Findings isUnread(String why) {
        noted = false;
        return isIncomplete(why);
    }

    Findings isIncomplete(String why) {
        incomplete = why;
        return this;
    }

    boolean isNamed() {
        return product != null || notes.containsKey(XenNote.GUEST_OS.name());
    }

    boolean has(XenNote note) {
        return notes.containsKey(note.name());
    }

    private @Nullable String note(XenNote note) {
        return notes.get(note.name());
    }

    private String text(XenNote note) {
        return notes.getOrDefault(note.name(), "");
    }

    /**
     * What Xen's loader asks of a PV kernel; one with nothing but an entry for PVH has no other. A Plan 9 kernel becomes one by an ELF made
     * around it.
     */
    private boolean isPv() {
        if (format == ImageFormat.PLAN9) {
            return compression == Compression.NONE && "x86_64".equals(architecture);
        }
        boolean loadable = text(XenNote.LOADER).startsWith("generic")
                || text(XenNote.GUEST_OS).startsWith("linux");
        boolean onlyPvh = has(XenNote.PHYS32_ENTRY) && !has(XenNote.ENTRY) && !has(XenNote.HYPERCALL_PAGE);
        return loadable && !onlyPvh && text(XenNote.XEN_VERSION).startsWith(XEN_3);
    }

    private long supported() {
        return XenNote.number(text(XenNote.SUPPORTED_FEATURES));
    }

    ImageReport report(BootFile file) {
        return new ImageReport(
                file.path().toString(),
                file.size(),
                format,
                compression,
                architecture,
                guestOs,
                note(XenNote.GUEST_VERSION),
                note(XenNote.LOADER),
                product,
                noted ? isPv() : null,
                noted ? has(XenNote.PHYS32_ENTRY) : null,
                has(XenNote.ENTRY) ? note(XenNote.ENTRY) : entry,
                note(XenNote.PHYS32_ENTRY),
                note(XenNote.XEN_VERSION),
                XenFeature.of(text(XenNote.FEATURES), supported()),
                note(XenNote.PAE_MODE),
                note(XenNote.BSD_SYMTAB),
                multiboot,
                notes,
                false,
                incomplete);
    }
}
