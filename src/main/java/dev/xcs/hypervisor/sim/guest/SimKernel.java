package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** The kernels that exist on the simulated host only; in the place of a path. */
public enum SimKernel {
    LINUX("sim:linux"),
    NETBSD("sim:netbsd");

    private final String kernelName;

    SimKernel(String kernelName) {
        this.kernelName = kernelName;
    }

    /** Whether a kernel string names a simulated kernel, known or not. */
    public static boolean isName(String kernel) {
        return kernel.startsWith("sim:");
    }

    public String kernelName() {
        return kernelName;
    }

    /** The kernel of a name; a {@link dev.xcs.model.ProblemException} of type BAD_IMAGE for one that is not known. */
    public static SimKernel named(String name) {
        return Arrays.stream(values())
                .filter(kernel -> kernel.kernelName.equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.of(
                                ProblemType.BAD_IMAGE, "kernel: " + Problem.quote(name) + ", expected " + names())
                        .withField("kernel")
                        .toException());
    }

    private static String names() {
        return Arrays.stream(values()).map(SimKernel::kernelName).collect(Collectors.joining(" or "))
                + " or the path of a kernel";
    }

    /** What it is. */
    public GuestOs os() {
        return flavour().os();
    }

    /** As what it can be started: these two run either way. */
    public Set<DomainType> bootable() {
        return Set.of(DomainType.PV, DomainType.PVH);
    }

    Flavour flavour() {
        return switch (this) {
            case LINUX -> new LinuxFlavour();
            case NETBSD -> new NetbsdFlavour();
        };
    }
}
