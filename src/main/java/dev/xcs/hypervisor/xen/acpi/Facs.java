package dev.xcs.hypervisor.xen.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The firmware control structure (ACPI 5.2.10): has neither the common header nor a checksum, and has to be aligned to its 64 bytes. */
final class Facs {
    static final int BYTES = 64;
    private static final int LENGTH = 4;
    private static final int VERSION = 32;

    private Facs() {}

    static byte[] bytes() {
        return ByteBuffer.allocate(BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(0, "FACS".getBytes(StandardCharsets.US_ASCII))
                .putInt(LENGTH, BYTES)
                .put(VERSION, (byte) 1)
                .array();
    }
}
