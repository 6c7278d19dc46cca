package dev.xcs.model;

import java.util.Optional;

/**
 * A virtual disk as a guest's front-end knows it: by its number, the {@code virtual-device} of xenstore. Which disk, which partition and what
 * name that is follows from the number and from the guest's operating system alone: nothing here looks at the devices of dom0.
 *
 * @param number from 0 to {@value #MAX_NUMBER}; what lies above is reserved by xen-vbd-interface(7)
 */
public record VirtualDevice(int number) {
    public static final int MAX_NUMBER = (2 << 28) - 1;

    /** Marks the numbers {@code 1 << 28 | disk << 8 | partition}. */
    private static final int EXTENDED = 1 << 28;

    private static final int EXTENDED_SHIFT = 8;
    private static final int PC_DRIVES = 4;

    /**
     * @throws ProblemException for a number that the interface reserves
     */
    public VirtualDevice {
        if (number < 0 || number > MAX_NUMBER) {
            throw Problem.invalidField("vdev", number, "a device number from 0 to " + MAX_NUMBER)
                    .toException();
        }
    }

    /**
     * A disk, or a partition of it.
     *
     * @param disk counted from 0
     * @param partition from 1, or 0 for the whole disk
     * @throws ProblemException if the class has no number for it
     */
    public static VirtualDevice of(DiskClass diskClass, int disk, int partition) {
        return named(diskClass.stem() + " disk " + disk + " partition " + partition, diskClass, disk, partition);
    }

    /** As {@link #of}, for a disk that somebody called by this name. */
    static VirtualDevice named(String name, DiskClass diskClass, int disk, int partition) {
        return find(diskClass, disk, partition)
                .orElseThrow(() ->
                        Problem.invalidField("vdev", name, limits(diskClass)).toException());
    }

    /**
     * The device that a guest of a known system calls so: a name of the system itself, {@code wd0a}, or one of Xen's: {@code xvda1}, {@code
     * sdb}, {@code hdc2}, {@code d0p1}, or the number itself. A leading {@code /dev/} is ignored. For an unknown system Xen's names come
     * first, as they do for Linux; a name that only other systems have is taken if all of them mean the same number by it.
     *
     * @throws ProblemException if it is no such name, or names several devices: then the detail lists each with its number
     */
    public static VirtualDevice parse(String name, GuestOs guestOs) {
        return DeviceNames.read(name, guestOs);
    }

    static Optional<VirtualDevice> find(DiskClass diskClass, int disk, int partition) {
        Optional<VirtualDevice> plain =
                DiskMajor.of(diskClass, disk, partition).map(row -> new VirtualDevice(row.number(disk, partition)));
        return plain.isPresent() ? plain : beyondMajors(diskClass, disk, partition);
    }

    private static Optional<VirtualDevice> beyondMajors(DiskClass diskClass, int disk, int partition) {
        if (!fits(diskClass, disk, partition)) {
            return Optional.empty();
        }
        return switch (diskClass) {
            case XVD -> Optional.of(new VirtualDevice(EXTENDED | disk << EXTENDED_SHIFT | partition));
            case OTHER -> Optional.of(new VirtualDevice(disk));
            case HD, SD, CD -> Optional.empty();
        };
    }

    private static boolean fits(DiskClass diskClass, int disk, int partition) {
        return disk >= 0 && disk <= diskClass.maxDisk() && partition >= 0 && partition <= diskClass.maxPartition();
    }

    private static String limits(DiskClass diskClass) {
        return diskClass.stem() + " disks from 0 to " + diskClass.maxDisk()
                + (diskClass.maxPartition() == 0
                        ? " without partitions"
                        : " and partitions up to " + diskClass.maxPartition());
    }

    public DiskClass diskClass() {
        return isExtended() ? DiskClass.XVD : row().map(DiskMajor::diskClass).orElse(DiskClass.OTHER);
    }

    /** Which disk of its class, counted from 0. */
    public int disk() {
        return isExtended()
                ? (number & ~EXTENDED) >> EXTENDED_SHIFT
                : row().map(row -> row.disk(number)).orElse(number);
    }

    /** Whether a PC has a place for it: four IDE drives. */
    public boolean isPcDrive() {
        return disk() < PC_DRIVES && partition() == 0;
    }

    /** Which partition of the disk, counted from 1; 0 for the whole disk. */
    public int partition() {
        return isExtended()
                ? number & 0xff
                : row().map(row -> row.partition(number)).orElse(0);
    }

    /**
     * The name in the manner of the guest's system, which {@link #parse} reads back as this very device: one of the system's own if there is
     * one, else Xen's, else the number in decimal.
     */
    public String name(GuestOs guestOs) {
        return DeviceNames.write(this, guestOs);
    }

    /**
     * What today's front-end of the system calls it, if it takes such a number at all. Two devices of one guest with the same answer are in
     * each other's way: Linux makes {@code xvda} of {@code hda}, {@code sda} and {@code xvda}. NetBSD, OpenBSD and Plan 9 give out units in the
     * order of attachment, so for them it is only what {@link #name} says.
     */
    public Optional<String> shownAs(GuestOs guestOs) {
        return switch (guestOs) {
            case LINUX, UNKNOWN -> shownByLinux();
            case FREEBSD -> Optional.of(shownByFreebsd());
            case NETBSD, OPENBSD, PLAN9, MINIOS, WINDOWS -> Optional.of(name(guestOs));
        };
    }

    /** As xen-blkfront does: four IDE disks, without their partitions, every SCSI disk, every xvd; it refuses the rest. */
    private Optional<String> shownByLinux() {
        return switch (diskClass()) {
            case XVD, SD -> Optional.of(XenName.of("xvd", disk(), partition()));
            case HD -> disk() < 4 ? Optional.of(XenName.of("xvd", disk(), 0)) : Optional.empty();
            case CD, OTHER -> Optional.empty();
        };
    }

    /** As blkfront(4) does: whole disks, and whatever it does not know is an xbd of 16 minors to the unit. */
    private String shownByFreebsd() {
        return switch (diskClass()) {
            case HD -> "ada" + disk();
            case SD -> "da" + disk();
            case XVD -> "xbd" + disk();
            case CD, OTHER -> "xbd" + ((number & 0xff) >> 4);
        };
    }

    private boolean isExtended() {
        return number >= EXTENDED;
    }

    private Optional<DiskMajor> row() {
        return DiskMajor.of(number);
    }
}
