package dev.xcs.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** A bootable CD with nothing on it but the boot sector of boot/boot-sector.S: what El Torito needs of ISO 9660, and no file. */
public final class BootCd {
    private static final int SECTOR = 2048;
    private static final int CATALOG = 19;
    private static final int BOOT_IMAGE = 20;
    private static final int SECTORS = 32;

    private BootCd() {}

    public static Path make(Path directory) throws IOException, InterruptedException {
        ByteBuffer cd = ByteBuffer.allocate(SECTORS * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        descriptor(cd, 16, 1);
        cd.putInt(16 * SECTOR + 80, SECTORS).putShort(16 * SECTOR + 128, (short) SECTOR);
        descriptor(cd, 17, 0);
        text(cd, 17 * SECTOR + 7, "EL TORITO SPECIFICATION");
        cd.putInt(17 * SECTOR + 0x47, CATALOG);
        descriptor(cd, 18, 255);
        catalog(cd, CATALOG * SECTOR);
        cd.put(BOOT_IMAGE * SECTOR, sector(directory));
        return Files.write(directory.resolve("boot.iso"), cd.array());
    }

    private static void descriptor(ByteBuffer cd, int sector, int type) {
        cd.put(sector * SECTOR, (byte) type);
        text(cd, sector * SECTOR + 1, "CD001");
        cd.put(sector * SECTOR + 6, (byte) 1);
    }

    /** A validation entry, whose words add up to 0, and the default entry: bootable, no emulation, one sector of 512 bytes. */
    private static void catalog(ByteBuffer cd, int at) {
        cd.put(at, (byte) 1).put(at + 30, (byte) 0x55).put(at + 31, (byte) 0xaa);
        cd.putShort(at + 28, (short) -(1 + 0xaa55));
        cd.put(at + 32, (byte) 0x88).putShort(at + 38, (short) 1).putInt(at + 40, BOOT_IMAGE);
    }

    private static void text(ByteBuffer cd, int at, String text) {
        cd.put(at, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The boot sector alone, which is good for a disk too. */
    public static byte[] sector(Path directory) throws IOException, InterruptedException {
        try (InputStream source = Objects.requireNonNull(BootCd.class.getResourceAsStream("/boot/boot-sector.S"))) {
            Files.write(directory.resolve("boot-sector.S"), source.readAllBytes());
        }
        TinyKernel.run(directory, "cc -m32 -c -o boot-sector.o boot-sector.S");
        TinyKernel.run(directory, "ld -m elf_i386 -Ttext=0x7c00 --oformat=binary -o boot-sector boot-sector.o");
        byte[] sector = Files.readAllBytes(directory.resolve("boot-sector"));
        if (sector.length != 512) {
            throw new AssertionError("the boot sector has " + sector.length + " bytes");
        }
        return sector;
    }
}
