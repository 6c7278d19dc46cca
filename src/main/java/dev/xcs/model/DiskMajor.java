package dev.xcs.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One row of the table of major numbers: {@code number = major << 8 | (disk - firstDisk) << shift | partition}. Majors 202, 8, 3 and 22 are
 * those of xen-vbd-interface(7). That page calls the rest deprecated: they are Linux's numbers for further SCSI and IDE disks, which Linux and
 * FreeBSD front-ends still understand in part.
 *
 * @param firstDisk the disk that minor number 0 belongs to
 * @param disks how many disks share the major
 * @param shift bits of the minor number that hold the partition
 */
record DiskMajor(int major, DiskClass diskClass, int firstDisk, int disks, int shift) {
    private static final int[] IDE = {3, 22, 33, 34, 56, 57, 88, 89, 90, 91};
    private static final int[] SCSI = {8, 65, 66, 67, 68, 69, 70, 71, 128, 129, 130, 131, 132, 133, 134, 135};

    private static final List<DiskMajor> TABLE = Stream.of(
                    Stream.of(new DiskMajor(202, DiskClass.XVD, 0, 16, 4), new DiskMajor(11, DiskClass.CD, 0, 256, 0)),
                    IntStream.range(0, IDE.length).mapToObj(i -> new DiskMajor(IDE[i], DiskClass.HD, 2 * i, 2, 6)),
                    IntStream.range(0, SCSI.length).mapToObj(i -> new DiskMajor(SCSI[i], DiskClass.SD, 16 * i, 16, 4)))
            .flatMap(rows -> rows)
            .toList();

    /** The row that a number is encoded by, if there is one. */
    static Optional<DiskMajor> of(int number) {
        return TABLE.stream().filter(row -> row.encodes(number)).findFirst();
    }

    /** The row that encodes a disk and a partition, if there is one. */
    static Optional<DiskMajor> of(DiskClass diskClass, int disk, int partition) {
        return TABLE.stream()
                .filter(row -> row.diskClass == diskClass && row.holds(disk, partition))
                .findFirst();
    }

    int number(int disk, int partition) {
        return major << 8 | (disk - firstDisk) << shift | partition;
    }

    int disk(int number) {
        return firstDisk + (minor(number) >> shift);
    }

    int partition(int number) {
        return minor(number) & ((1 << shift) - 1);
    }

    private boolean encodes(int number) {
        return number >> 8 == major && minor(number) >> shift < disks;
    }

    private boolean holds(int disk, int partition) {
        return disk >= firstDisk && disk < firstDisk + disks && partition >= 0 && partition < 1 << shift;
    }

    private static int minor(int number) {
        return number & 0xff;
    }
}
