package dev.xcs.model;

/** The number of a block device of dom0. */
public record DeviceNumber(int major, int minor) {
    /** As sysfs has it: both in decimal, a colon between. */
    @Override
    public String toString() {
        return major + ":" + minor;
    }
}
