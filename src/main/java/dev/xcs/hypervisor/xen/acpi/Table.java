package dev.xcs.hypervisor.xen.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** One description table while it is made: the header that all share (ACPI 5.2.6), then the fields of its kind, then the checksum. */
final class Table {
    static final int HEADER_BYTES = 36;
    static final String OEM_ID = "Xen";
    private static final String OEM_TABLE_ID = "HVM";
    private static final String CREATOR_ID = "HVML";

    private static final int LENGTH = 4;
    private static final int REVISION = 8;
    private static final int CHECKSUM = 9;
    private static final int OEM = 10;
    private static final int OEM_TABLE = 16;
    private static final int CREATOR = 28;

    private final ByteBuffer bytes;

    Table(String signature, int revision, int length) {
        bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        text(0, signature).int32(LENGTH, length).int8(REVISION, revision);
        text(OEM, OEM_ID).text(OEM_TABLE, OEM_TABLE_ID).text(CREATOR, CREATOR_ID);
    }

    Table int8(int at, int value) {
        bytes.put(at, (byte) value);
        return this;
    }

    Table int16(int at, int value) {
        bytes.putShort(at, (short) value);
        return this;
    }

    Table int32(int at, long value) {
        bytes.putInt(at, (int) value);
        return this;
    }

    Table int64(int at, long value) {
        bytes.putLong(at, value);
        return this;
    }

    /** ASCII; what is left of the field stays zero. */
    Table text(int at, String value) {
        bytes.put(at, value.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /** A register in I/O space (Generic Address Structure, ACPI 5.2.3.2). */
    Table ioRegister(int at, int bits, long port) {
        int systemIo = 1;
        return int8(at, systemIo).int8(at + 1, bits).int64(at + 4, port);
    }

    byte[] sealed() {
        bytes.put(CHECKSUM, (byte) 0);
        bytes.put(CHECKSUM, checksum(bytes.array(), 0, bytes.capacity()));
        return bytes.array();
    }

    /** What makes the sum of these bytes 0. */
    static byte checksum(byte[] bytes, int from, int length) {
        int sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += bytes[i];
        }
        return (byte) -sum;
    }
}
