package dev.xcs.hypervisor.xen.acpi;

import java.util.List;

/**
 * All tables of one guest, placed. In the guest's memory from {@link #BASE} on: a page that only Xen's own definition block would read and
 * that is left empty, the pages of the tables, and after them the pointer to it all, unless the guest looks for that elsewhere.
 */
public final class AcpiTables {
    /** ACPI_INFO_PHYSICAL_ADDRESS of Xen's hvmloader: below what Xen itself uses at the end of 4 GiB. */
    public static final long BASE = 0xfc00_0000L;

    /** Where a PC's firmware has the pointer: for Linux that searches and does not ask. */
    private static final long LEGACY_RSDP = 0xf_ffc0L;

    private static final int PAGE = 4096;
    private static final long TABLES = BASE + PAGE;

    private final byte[] rsdp;
    private final byte[] tables;
    private final long rsdpAddress;

    private AcpiTables(byte[] rsdp, byte[] tables, long rsdpAddress) {
        this.rsdp = rsdp;
        this.tables = tables;
        this.rsdpAddress = rsdpAddress;
    }

    /** Bytes and where the guest has them. */
    public record Piece(long address, byte[] bytes) {}

    /** @param searched whether the guest searches the pointer where a PC has it, and takes no other */
    public static AcpiTables of(int vcpus, boolean searched) {
        int dsdt = Facs.BYTES;
        int fadt = aligned(dsdt + Dsdt.BYTES);
        int madt = aligned(fadt + Fadt.BYTES);
        int xsdt = aligned(madt + Madt.length(vcpus));
        byte[] pages = new byte[wholePages(xsdt + Xsdt.length(2))];
        place(pages, 0, Facs.bytes());
        place(pages, dsdt, Dsdt.bytes());
        place(pages, fadt, Fadt.bytes(TABLES, TABLES + dsdt));
        place(pages, madt, Madt.bytes(vcpus));
        place(pages, xsdt, Xsdt.bytes(TABLES + fadt, TABLES + madt));
        long rsdpAddress = searched ? LEGACY_RSDP : TABLES + pages.length;
        return new AcpiTables(Rsdp.bytes(TABLES + xsdt), pages, rsdpAddress);
    }

    /** The pointer first: the domain builder tells the guest where the first piece is. */
    public List<Piece> pieces() {
        return List.of(new Piece(rsdpAddress, rsdp), new Piece(BASE, new byte[PAGE]), new Piece(TABLES, tables));
    }

    private static void place(byte[] pages, int at, byte[] table) {
        System.arraycopy(table, 0, pages, at, table.length);
    }

    /** Tables begin at multiples of 16, which no specification asks for and every firmware does. */
    private static int aligned(int offset) {
        return (offset + 15) & -16;
    }

    private static int wholePages(int bytes) {
        return (bytes + PAGE - 1) / PAGE * PAGE;
    }
}
