package dev.xcs.hypervisor.xen;

/**
 * The version of a running Xen.
 *
 * @param extra what follows major and minor, for example {@code .7}
 */
record XenVersion(int major, int minor, String extra) {
    /** From the texts of {@code /sys/hypervisor/version/*}; throws NumberFormatException. */
    static XenVersion parse(String major, String minor, String extra) {
        return new XenVersion(Integer.parseInt(major.strip()), Integer.parseInt(minor.strip()), extra.strip());
    }

    /** From what XENVER_version answers. */
    static XenVersion ofCode(int code) {
        return new XenVersion(code >>> 16, code & 0xffff, "");
    }

    /** As XENVER_version answers it: major in the upper, minor in the lower 16 bits. */
    int code() {
        return major << 16 | minor;
    }

    boolean atLeast(int wantedMajor, int wantedMinor) {
        return code() >= (wantedMajor << 16 | wantedMinor);
    }

    /** The part of the sonames of libxenctrl and libxenguest, which are made for one version each. */
    String series() {
        return major + "." + minor;
    }

    @Override
    public String toString() {
        return series() + extra;
    }
}
