package dev.xcs.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;

/** Firmware of 2 MiB for UEFI: the header of a volume, and one section that is packed by LZMA with the name of one driver in it. */
public final class FirmwareImage {
    private static final int SIZE = 2 << 20;
    private static final int SECTION_HEADER = 24;
    private static final int UNPACKED = 1 << 18;

    private FirmwareImage() {}

    /** @param at where the section begins */
    public static byte[] of(String driver, int at) throws IOException {
        byte[] image = new byte[SIZE];
        ByteBuffer.wrap(image).put(40, "_FVH".getBytes(StandardCharsets.US_ASCII));
        section(image, at, SECTION_HEADER);
        byte[] packed = packed(driver);
        System.arraycopy(packed, 0, image, at + SECTION_HEADER, packed.length);
        return image;
    }

    /** The header of a section that says its data are at that offset from it. */
    public static void section(byte[] image, int at, int data) {
        ByteBuffer.wrap(image)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(at, 2 << 24 | 0x1000)
                .putInt(at + 4, 0xee4e5898)
                .putShort(at + 8, (short) 0x3914)
                .putShort(at + 10, (short) 0x4259)
                .put(
                        at + 12,
                        new byte[] {(byte) 0x9d, 0x6e, (byte) 0xdc, 0x7b, (byte) 0xd7, (byte) 0x94, 0x03, (byte) 0xcf})
                .putShort(at + 20, (short) data)
                .putShort(at + 22, (short) 1);
    }

    private static byte[] packed(String driver) throws IOException {
        byte[] drivers = new byte[UNPACKED];
        byte[] name = driver.getBytes(StandardCharsets.UTF_16LE);
        System.arraycopy(name, 0, drivers, UNPACKED / 2 + 1, name.length);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (LZMAOutputStream lzma = new LZMAOutputStream(packed, new LZMA2Options(1), drivers.length)) {
            lzma.write(drivers);
        }
        return packed.toByteArray();
    }
}
