package dev.xcs.hypervisor.sim;

/** What a guest may do with a disk, and as what it sees it. */
record VbdMode(boolean readOnly, boolean cdrom, boolean discard) {
    private static final int VDISK_CDROM = 1;
    private static final int VDISK_READONLY = 4;

    /** The node info. */
    int info() {
        return (cdrom ? VDISK_CDROM : 0) | (readOnly ? VDISK_READONLY : 0);
    }
}
