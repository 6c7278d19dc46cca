package dev.xcs.model;

/**
 * The nominal type of a virtual disk, with the limits of its encoding, see xen-vbd-interface(7) and {@link DiskMajor}.
 */
public enum DiskClass {
    /** Xen's own disks. */
    XVD("xvd", (1 << 20) - 1, 255),
    /** IDE or AHCI disks. */
    HD("hd", 19, 63),
    /** SCSI disks. */
    SD("sd", 255, 15),
    /** SCSI CD drives. */
    CD("cd", 255, 0),
    /** A number of no known encoding. The disk is the number itself. */
    OTHER("number", VirtualDevice.MAX_NUMBER, 0);

    private final String stem;
    private final int maxDisk;
    private final int maxPartition;

    DiskClass(String stem, int maxDisk, int maxPartition) {
        this.stem = stem;
        this.maxDisk = maxDisk;
        this.maxPartition = maxPartition;
    }

    /** What names of this class begin with. */
    String stem() {
        return stem;
    }

    /** The highest disk, counted from 0. */
    int maxDisk() {
        return maxDisk;
    }

    /** The highest partition, where 0 is the whole disk. */
    int maxPartition() {
        return maxPartition;
    }
}
