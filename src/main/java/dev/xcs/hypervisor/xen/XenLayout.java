package dev.xcs.hypervisor.xen;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;

/**
 * Every structure of libxenctrl and libxenguest that differs between versions of Xen, as byte offsets on x86-64. Taken from the
 * headers of each release (compiled with offsetof); the same in the first and the last point release of a series.
 */
record XenLayout(
        CreateDomainLayout createDomain,
        DomainInfoLayout domainInfo,
        PhysInfoLayout physInfo,
        DomImageLayout domImage,
        boolean consoleConnectionFlag) {
    private static final int OLDEST_MINOR = 14;
    private static final int NEWEST_MINOR = 22;

    /** The layout of a version; one that is not known is refused, because a wrong offset corrupts memory. */
    static XenLayout of(XenVersion version) {
        if (version.major() != 4 || version.minor() < OLDEST_MINOR || version.minor() > NEWEST_MINOR) {
            throw unknown(version);
        }
        return new XenLayout(
                CreateDomainLayout.of(version),
                DomainInfoLayout.of(version),
                PhysInfoLayout.of(version),
                DomImageLayout.of(version),
                version.atLeast(4, 21));
    }

    private static ProblemException unknown(XenVersion version) {
        return Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "Xen " + version + " runs here; the structures of 4." + OLDEST_MINOR + " to 4." + NEWEST_MINOR
                                + " are known")
                .withStep("detect")
                .withCause("this release of xcs does not know this version of Xen")
                .toException();
    }
}
