package dev.xcs.hypervisor.xen;

/**
 * {@code struct xen_domctl_createdomain}. Fields that are always 0 for us have no offset here: the buffer is zeroed.
 *
 * @param grantOpts highest grant table version, or {@link #ABSENT}
 * @param emulationFlags arch.emulation_flags
 * @param ssidref SECINITSID_DOMU, which only a hypervisor with FLASK looks at
 */
record CreateDomainLayout(int grantOpts, int emulationFlags, int size, int ssidref) {
    static final int ABSENT = -1;
    /** More than any version's sizeof; libxc copies exactly its own. */
    static final int BUFFER_BYTES = 128;

    static final int SSIDREF = 0;
    static final int HANDLE = 4;
    static final int FLAGS = 20;
    static final int MAX_VCPUS = 28;
    static final int MAX_EVTCHN_PORT = 32;
    static final int MAX_GRANT_FRAMES = 36;
    static final int MAX_MAPTRACK_FRAMES = 40;

    private static final int GRANT_OPTS = 44;

    static CreateDomainLayout of(XenVersion version) {
        if (version.atLeast(4, 19)) {
            return new CreateDomainLayout(GRANT_OPTS, 60, 68, 12);
        }
        if (version.atLeast(4, 17)) {
            return new CreateDomainLayout(GRANT_OPTS, 56, 64, 12);
        }
        if (version.atLeast(4, 16)) {
            return new CreateDomainLayout(GRANT_OPTS, 52, 60, 11);
        }
        return version.atLeast(4, 15)
                ? new CreateDomainLayout(ABSENT, 48, 56, 11)
                : new CreateDomainLayout(ABSENT, 44, 48, 11);
    }
}
