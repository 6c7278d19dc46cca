package dev.xcs.hypervisor.xen;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.xcs.model.DomainType;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real Xen for PVH guests, with the grub that is made for them. */
class XenHypervisorPvhIT extends XenHypervisorIT {
    private static final Path KERNEL = Path.of("/opt/lab/grub-i386-xen_pvh.bin");

    @BeforeAll
    static void needsItsGrub() {
        assumeTrue(Files.exists(KERNEL), "no " + KERNEL + " (Debian: grub-xen-host)");
    }

    @Override
    protected DomainType type() {
        return DomainType.PVH;
    }

    @Override
    protected String kernel() {
        return KERNEL.toString();
    }
}
