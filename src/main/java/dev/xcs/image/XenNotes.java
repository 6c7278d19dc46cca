package dev.xcs.image;

import dev.xcs.model.DomainType;
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

    /** Those of a file that is an ELF. */
    public static XenNotes read(BootFile elf) {
        return read(new FileBytes(elf));
    }

    /** Those of a file that begins with an ELF of so many bytes. */
    public static XenNotes read(BootFile elf, long bytes) {
        return read(new FileBytes(elf, bytes));
    }

    /** Those of an ELF, which is refused if its headers or notes are broken. */
    public static XenNotes read(ImageBytes elf) {
        ElfImage image = ElfImage.open(elf);
        Map<String, String> notes = image.notes().xen();
        return new XenNotes(
                bootable(image, notes), text(notes, XenNote.GUEST_OS).toLowerCase(Locale.ROOT), features(notes));
    }

    private static Set<DomainType> bootable(ElfImage image, Map<String, String> notes) {
        Set<DomainType> types = new TreeSet<>();
        boolean pvh = notes.containsKey(XenNote.PHYS32_ENTRY.name());
        boolean pv = notes.containsKey(XenNote.ENTRY.name()) || (!notes.isEmpty() && !pvh);
        // There is no PV for 32 bits in what runs today.
        if (pv && image.isWide()) {
            types.add(DomainType.PV);
        }
        if (pvh) {
            types.add(DomainType.PVH);
        }
        return types;
    }

    private static int features(Map<String, String> notes) {
        int supported = (int) XenNote.number(text(notes, XenNote.SUPPORTED_FEATURES));
        boolean named = text(notes, XenNote.FEATURES).contains("linux_rsdp_unrestricted");
        return named ? supported | 1 << RSDP_UNRESTRICTED : supported;
    }

    private static String text(Map<String, String> notes, XenNote note) {
        return notes.getOrDefault(note.name(), "");
    }
}
