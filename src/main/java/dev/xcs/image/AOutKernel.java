package dev.xcs.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A kernel in Plan 9's executable format for amd64, as Plan 9's own loader understands it: the text is loaded at the entry, the
 * data at the next page after it, the bss follows. The header has the entry twice, physical and virtual; what lies between the two
 * is where the kernel wants its memory mapped. Symbols are left in the file.
 *
 * @param entry the virtual address of the first instruction, which is also where the text begins
 */
public record AOutKernel(long entry, long textBytes, long dataBytes, long bssBytes) {
    /** S_MAGIC of a.out(6): amd64, with the header that is longer by a 64-bit entry. Numbers are big-endian. */
    private static final int MAGIC_AMD64 = 0x8a97;
    /** I_MAGIC: 386. */
    private static final int MAGIC_386 = 0x1eb;

    private static final int HEADER_BYTES = 40;
    static final int PAGE = 4096;
    /** What of an address is physical; the bits above say where a kernel has all memory mapped, its KZERO. */
    private static final long PHYSICAL = 0x0fff_ffffL;
    /** Xen has the 16 slots of 512 GiB from here for itself (xen/include/public/arch-x86/xen-x86_64.h). */
    private static final long XEN_FROM = 0xffff_8000_0000_0000L;

    private static final long XEN_TO = 0xffff_8800_0000_0000L;
    private static final int ADDRESS_BITS = 48;

    private static int magic(ByteBuffer head) {
        return head.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(0);
    }

    /** Refuses one that is for another processor, not whole, or made for a place that no guest has. */
    public static AOutKernel read(BootFile file) {
        ByteBuffer head = file.read(0, HEADER_BYTES).order(ByteOrder.BIG_ENDIAN);
        if (head.remaining() >= 4 && magic(head) == MAGIC_386) {
            throw file.refuse("is a Plan 9 a.out for 386, expected one for amd64: guests are 64-bit");
        }
        if (head.remaining() < HEADER_BYTES) {
            throw file.refuse("is truncated: an a.out header of " + head.remaining() + " bytes, expected 40");
        }
        AOutKernel kernel = new AOutKernel(head.getLong(32), unsigned(head, 4), unsigned(head, 8), unsigned(head, 12));
        kernel.checkEntry(file, unsigned(head, 20));
        kernel.checkSizes(file);
        return kernel;
    }

    private void checkEntry(BootFile file, long physical) {
        if ((physical & PHYSICAL) != (entry & PHYSICAL)) {
            throw file.refuse(String.format(
                    "is an a.out with the entries %#x and %#x, expected one address, physical and virtual",
                    physical, entry));
        }
        boolean canonical = entry << Long.SIZE - ADDRESS_BITS >> Long.SIZE - ADDRESS_BITS == entry;
        if (!canonical || (entry >= XEN_FROM && entry < XEN_TO)) {
            throw file.refuse(String.format("is an a.out made for %#x, where no guest can have a kernel", entry));
        }
    }

    private void checkSizes(BootFile file) {
        if (textBytes == 0 || textBytes + dataBytes > file.size() - HEADER_BYTES) {
            throw file.refuse("is truncated: an a.out of " + textBytes + " bytes of text and " + dataBytes
                    + " of data, the file has " + file.size());
        }
        if (Long.compareUnsigned(end(), entry) < 0) {
            throw file.refuse(String.format("is an a.out that goes round the end of memory from %#x", entry));
        }
    }

    /** Where the guest's memory is mapped: Plan 9's KZERO. */
    public long virtualBase() {
        return entry & ~PHYSICAL;
    }

    /** Where the data begins, a page's begin. */
    public long data() {
        return (entry + textBytes + PAGE - 1) & -PAGE;
    }

    private long end() {
        return data() + dataBytes + bssBytes;
    }

    /** Where in the file text and data are, one behind the other. */
    static int contentAt() {
        return HEADER_BYTES;
    }

    private static long unsigned(ByteBuffer from, int at) {
        return from.getInt(at) & 0xffff_ffffL;
    }
}
