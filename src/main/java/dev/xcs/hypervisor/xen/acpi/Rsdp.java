package dev.xcs.hypervisor.xen.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Where it all begins (ACPI 5.2.5.3), of revision 2: with an XSDT and without an RSDT. */
final class Rsdp {
    /** What Xen's tools give it; the rest stays zero. */
    static final int ROOM_BYTES = 64;

    static final int BYTES = 36;
    private static final int FIRST_BYTES = 20;
    private static final int FIRST_CHECKSUM = 8;
    private static final int OEM = 9;
    private static final int REVISION = 15;
    private static final int LENGTH = 20;
    private static final int XSDT = 24;
    private static final int WHOLE_CHECKSUM = 32;

    private Rsdp() {}

    static byte[] bytes(long xsdt) {
        ByteBuffer rsdp = ByteBuffer.allocate(ROOM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        rsdp.put(0, "RSD PTR ".getBytes(StandardCharsets.US_ASCII))
                .put(OEM, Table.OEM_ID.getBytes(StandardCharsets.US_ASCII))
                .put(REVISION, (byte) 2)
                .putInt(LENGTH, BYTES)
                .putLong(XSDT, xsdt);
        rsdp.put(FIRST_CHECKSUM, Table.checksum(rsdp.array(), 0, FIRST_BYTES));
        rsdp.put(WHOLE_CHECKSUM, Table.checksum(rsdp.array(), 0, BYTES));
        return rsdp.array();
    }
}
