package dev.xcs.api;

import dev.xcs.config.DaemonConfig.PvgrubConfig;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What boots a domain that names no kernel: a loader that is a kernel itself, and takes the guest's own from the guest's disk.
 *
 * @param image its path in dom0's file system
 * @param key of the configuration, where it can be set
 */
record Bootloader(String image, String key) {
    static final String FIELD = "bootloader";

    private static final String PVGRUB = "pvgrub";

    /** The one that is asked for, if any is. Beside it there is no kernel. */
    static Optional<Bootloader> read(RequestFields fields, DomainType type, PvgrubConfig pvgrub) {
        String name = fields.text(FIELD, PVGRUB::equals, "\"pvgrub\": the only boot loader that this version knows");
        if (!fields.has(FIELD)) {
            return Optional.empty();
        }
        if (fields.node("kernel") != null) {
            fields.refuse(Problem.invalidField(FIELD, name, "nothing beside a kernel: a domain has one or the other"));
        }
        return Optional.of(of(type, pvgrub));
    }

    private static Bootloader of(DomainType type, PvgrubConfig pvgrub) {
        Path image = type == DomainType.PV ? pvgrub.pv() : pvgrub.pvh();
        return new Bootloader(image.toString(), "domain.pvgrub-" + type.json());
    }

    /** The same problem to who knows nothing of the image's path. */
    Problem explain(Problem problem) {
        if (!"kernel".equals(problem.field())) {
            return problem;
        }
        return problem.atField(FIELD)
                .withCause(key + " says where pvgrub's image is (Debian: in the package grub-xen-host)");
    }
}
