package dev.xcs.model;

import java.util.List;

/**
 * What Xen loads beside a kernel: modules, each of one or several ramdisks. Linux looks at the first module only and unpacks all archives that are
 * in it, so its ramdisks are joined there; other systems get each as a module of its own, as far as Xen has room.
 */
public final class BootModules {
    /** XG_MAX_MODULES: libxenguest has room for no more, and does not look. */
    public static final int MAX = 2;

    private BootModules() {}

    /** The modules of a domain whose guest OS is decided. */
    public static List<List<String>> of(DomainSpec spec) {
        List<String> ramdisks = spec.ramdisks();
        if (ramdisks.size() > 1 && spec.guestOs() == GuestOs.LINUX) {
            return List.of(ramdisks);
        }
        int most = spec.type() == DomainType.PV ? 1 : MAX;
        if (ramdisks.size() > most) {
            throw Problem.of(
                            ProblemType.IMPOSSIBLE,
                            "ramdisks: " + ramdisks.size() + " files, expected at most " + most + ": Xen tells a "
                                    + spec.type().json() + " guest of no more, and "
                                    + spec.guestOs().json()
                                    + " is not known to unpack several that are joined, as linux does")
                    .withField("ramdisks")
                    .withStep("image")
                    .toException();
        }
        return ramdisks.stream().map(List::of).toList();
    }
}
