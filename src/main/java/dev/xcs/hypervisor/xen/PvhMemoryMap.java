package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.xen.acpi.AcpiTables;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Where a PVH guest has its memory: below what Xen and the ACPI tables take at the end of 4 GiB, the rest above. */
record PvhMemoryMap(int memoryMib) {
    static final long GIB_4 = 1L << 32;
    static final long MMIO_START = AcpiTables.BASE;
    /** {@code struct e820entry}, packed: address, size, type. */
    static final int ENTRY_BYTES = 20;

    private static final int RAM = 1;
    private static final int RESERVED = 2;
    private static final int ACPI = 3;
    private static final long SPECIAL_PAGES = 0xfeff_8000L;
    private static final long SPECIAL_BYTES = 0x8000;
    private static final long PAGE_MASK = 0xfff;

    long lowEnd() {
        return Math.min((long) memoryMib << 20, MMIO_START);
    }

    /** The end of the memory above 4 GiB; 0 when there is none. */
    long highEnd() {
        long above = ((long) memoryMib << 20) - MMIO_START;
        return above > 0 ? GIB_4 + above : 0;
    }

    byte[] e820(List<AcpiTables.Piece> acpi) {
        ByteBuffer map = ByteBuffer.allocate((acpi.size() + 3) * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        entry(map, 0, lowEnd(), RAM);
        entry(map, SPECIAL_PAGES, SPECIAL_BYTES, RESERVED);
        for (AcpiTables.Piece piece : acpi) {
            long into = piece.address() & PAGE_MASK;
            entry(map, piece.address() - into, piece.bytes().length + into, ACPI);
        }
        if (highEnd() > 0) {
            entry(map, GIB_4, highEnd() - GIB_4, RAM);
        }
        byte[] entries = new byte[map.position()];
        map.get(0, entries);
        return entries;
    }

    private static void entry(ByteBuffer map, long address, long size, int type) {
        map.putLong(address).putLong(size).putInt(type);
    }
}
