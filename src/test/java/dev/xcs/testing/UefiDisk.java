package dev.xcs.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A disk that UEFI boots from: a FAT12 file system (Microsoft's FAT specification) with nothing in it but EFI/BOOT/BOOTX64.EFI, the program of
 * boot/uefi-program.S.
 */
public final class UefiDisk {
    private static final int SECTOR = 512;
    private static final int SECTORS = 2880;
    private static final int FAT_SECTORS = 9;
    private static final int ROOT_ENTRIES = 224;
    private static final int ENTRY = 32;
    private static final int ROOT = 1 + 2 * FAT_SECTORS;
    private static final int DATA = ROOT + ROOT_ENTRIES * ENTRY / SECTOR;
    private static final int DIRECTORY = 0x10;
    private static final int FILE = 0x20;
    private static final int LAST = 0xfff;

    private UefiDisk() {}

    public static Path make(Path directory) throws IOException, InterruptedException {
        byte[] program = program(directory);
        ByteBuffer disk = ByteBuffer.allocate(SECTORS * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        bootSector(disk);
        entry(disk, ROOT * SECTOR, "EFI", DIRECTORY, 2, 0);
        subdirectory(disk, 2, 0);
        entry(disk, cluster(2) + 2 * ENTRY, "BOOT", DIRECTORY, 3, 0);
        subdirectory(disk, 3, 2);
        entry(disk, cluster(3) + 2 * ENTRY, "BOOTX64 EFI", FILE, 4, program.length);
        disk.put(cluster(4), program);
        int clusters = 4 + (program.length + SECTOR - 1) / SECTOR;
        link(disk, 0, 0xff8);
        for (int cluster = 1; cluster < clusters; cluster++) {
            link(disk, cluster, cluster < 4 || cluster == clusters - 1 ? LAST : cluster + 1);
        }
        return Files.write(directory.resolve("uefi.img"), disk.array());
    }

    private static byte[] program(Path directory) throws IOException, InterruptedException {
        try (InputStream source = Objects.requireNonNull(UefiDisk.class.getResourceAsStream("/boot/uefi-program.S"))) {
            Files.write(directory.resolve("uefi-program.S"), source.readAllBytes());
        }
        TinyKernel.run(directory, "cc -c -o uefi-program.o uefi-program.S");
        TinyKernel.run(directory, "ld -m elf_x86_64 -Ttext=0 --oformat=binary -o uefi-program uefi-program.o");
        return Files.readAllBytes(directory.resolve("uefi-program"));
    }

    /** Its BIOS parameter block, and no code. */
    private static void bootSector(ByteBuffer disk) {
        disk.put(0, (byte) 0xeb).put(1, (byte) 0x3c).put(2, (byte) 0x90);
        text(disk, 3, "XCSTEST ");
        disk.putShort(11, (short) SECTOR)
                .put(13, (byte) 1)
                .putShort(14, (short) 1)
                .put(16, (byte) 2);
        disk.putShort(17, (short) ROOT_ENTRIES).putShort(19, (short) SECTORS).put(21, (byte) 0xf8);
        disk.putShort(22, (short) FAT_SECTORS).putShort(24, (short) 63).putShort(26, (short) 16);
        disk.put(36, (byte) 0x80).put(38, (byte) 0x29);
        text(disk, 43, "NO NAME    FAT12   ");
        disk.put(510, (byte) 0x55).put(511, (byte) 0xaa);
    }

    private static void subdirectory(ByteBuffer disk, int cluster, int parent) {
        entry(disk, cluster(cluster), ".", DIRECTORY, cluster, 0);
        entry(disk, cluster(cluster) + ENTRY, "..", DIRECTORY, parent, 0);
    }

    private static void entry(ByteBuffer disk, int at, String name, int attributes, int cluster, int size) {
        text(disk, at, String.format("%-11s", name));
        disk.put(at + 11, (byte) attributes).putShort(at + 26, (short) cluster).putInt(at + 28, size);
    }

    /** Twelve bits of each copy. */
    private static void link(ByteBuffer disk, int cluster, int next) {
        for (int copy = 0; copy < 2; copy++) {
            int at = (1 + copy * FAT_SECTORS) * SECTOR + cluster * 3 / 2;
            int word = disk.getShort(at) & 0xffff;
            disk.putShort(at, (short) (cluster % 2 == 0 ? word & 0xf000 | next : word & 0xf | next << 4));
        }
    }

    private static int cluster(int number) {
        return (DATA + number - 2) * SECTOR;
    }

    private static void text(ByteBuffer disk, int at, String text) {
        disk.put(at, text.getBytes(StandardCharsets.US_ASCII));
    }
}
