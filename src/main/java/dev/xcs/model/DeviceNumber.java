package dev.xcs.model;

/** The number of a block device of dom0. */
public record DeviceNumber(int major, int minor) {
    /** As the node physical-device has it: both in hexadecimal, a colon between. */
    public String hex() {
        return Integer.toHexString(major) + ":" + Integer.toHexString(minor);
    }

    /**
     * Of the node physical-device.
     *
     * @throws NumberFormatException if it is not two hexadecimal numbers with a colon between
     */
    public static DeviceNumber ofHex(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 2) {
            throw new NumberFormatException("not major:minor: " + text);
        }
        return new DeviceNumber(Integer.parseInt(parts[0], 16), Integer.parseInt(parts[1], 16));
    }

    /** As sysfs has it: both in decimal, a colon between. */
    @Override
    public String toString() {
        return major + ":" + minor;
    }
}
