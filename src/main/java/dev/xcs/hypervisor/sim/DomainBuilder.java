package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.guest.Guest;
import dev.xcs.hypervisor.sim.guest.GuestOptions;
import dev.xcs.hypervisor.sim.guest.SimKernel;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/** Fills domains with kernels. Slow parts run without the machine's lock. */
final class DomainBuilder {
    /** The smallest guest: less is too little for any kernel. */
    private static final int LEAST_MIB = 8;
    /** What Xen's tools allow beyond the memory itself. */
    private static final long SLACK_KIB = 1024;

    private static final long FIRST_FRAME = 0x100000;

    private final SimMachine machine;
    private final ScheduledExecutorService executor;

    DomainBuilder(SimMachine machine, ScheduledExecutorService executor) {
        this.machine = machine;
        this.executor = executor;
    }

    BuiltDomain build(BuildRequest request) {
        SimDomain domain;
        synchronized (machine) {
            domain = machine.alive("xc_dom_boot_xen_init", request.domid());
            check(domain, request);
        }
        SimKernel kernel = kernel(request);
        GuestOptions options =
                GuestOptions.parse(request.cmdline(), machine.options().bootTime());
        if (machine.faults().strikes(Fault.BUILD_SLOW, domain.domid)) {
            machine.pass(machine.options().slowness());
        }
        synchronized (machine) {
            machine.alive("xc_dom_boot_mem_init", domain.domid);
            populate(domain, request.memoryMib());
            return finish(domain, kernel, request, options);
        }
    }

    private static void check(SimDomain domain, BuildRequest request) {
        String who = "domid " + domain.domid;
        if (domain.built != null) {
            throw XenErrno.EINVAL.of("xc_dom_boot_mem_init", who, "the domain has been built before");
        }
        if (request.vcpus() != domain.maxVcpus) {
            throw XenErrno.EINVAL.of(
                    "xc_domain_max_vcpus", who + ", " + request.vcpus(), "it was created for " + domain.maxVcpus);
        }
        if (request.type() != domain.type || domain.type == DomainType.HVM) {
            throw Problem.of(
                            ProblemType.IMPOSSIBLE,
                            who + " cannot be built as " + request.type().json())
                    .withField("type")
                    .withCause("it was created as " + domain.type.json() + ", and only pv and pvh can be built")
                    .toException();
        }
        if (request.memoryMib() < LEAST_MIB) {
            String little = "memoryMib: " + request.memoryMib() + " is too little, this kernel needs " + LEAST_MIB;
            throw Problem.of(ProblemType.IMPOSSIBLE, little)
                    .withField("memoryMib")
                    .withCall("xc_dom_build_image", who)
                    .toException();
        }
    }

    /** Any file that could be a kernel boots as the simulated Linux. */
    private SimKernel kernel(BuildRequest request) {
        request.modules().forEach(files -> KernelFile.checkModule(files, request.memoryMib()));
        if (SimKernel.isName(request.kernel())) {
            return SimKernel.named(request.kernel());
        }
        Set<DomainType> bootable = KernelFile.bootable(request.kernel());
        if (!bootable.contains(request.type())) {
            String type = request.type().json();
            throw Problem.of(
                            ProblemType.IMPOSSIBLE,
                            "type: " + Problem.quote(type) + ", but " + request.kernel() + " cannot be started so")
                    .withField("type")
                    .withStep("image")
                    .toException();
        }
        machine.kernels().use(request.kernel());
        return SimKernel.LINUX;
    }

    private void populate(SimDomain domain, int mib) {
        String who = "domid " + domain.domid;
        long wanted = mib * 1024L;
        boolean fails = machine.faults().strikes(Fault.BUILD_FAILS, domain.domid);
        domain.maxMemoryKib = wanted + SLACK_KIB;
        long now = fails ? wanted / 2 : wanted;
        if (!machine.memory().take(now)) {
            long free = machine.memory().freeKib() / 1024;
            throw Problem.of(ProblemType.OUT_OF_MEMORY, "memoryMib: " + mib + ", but only " + free + " MiB are free")
                    .withField("memoryMib")
                    .withCall("xc_dom_boot_mem_init", who)
                    .withCause("other domains, dom0 among them, have the rest of Xen's memory")
                    .toException();
        }
        domain.memoryKib = now;
        if (fails) {
            throw Problem.of(ProblemType.HYPERVISOR, "xc_dom_build_image(" + who + ") failed")
                    .withCall("xc_dom_build_image", who)
                    .withCause("a fault of the simulated host")
                    .toException();
        }
    }

    private BuiltDomain finish(SimDomain domain, SimKernel kernel, BuildRequest request, GuestOptions options) {
        EventFabric events = machine.events();
        int storePort = events.allocate(domain.domid, () -> {});
        int consolePort = events.allocate(
                domain.domid, () -> Objects.requireNonNull(domain.guest).consoleEvent());
        ByteBuffer page = SimDomain.newPage();
        GuestHardware hardware = new GuestHardware(machine, domain, page, consolePort);
        long frame = FIRST_FRAME + 2L * domain.domid;
        BuiltDomain built = new BuiltDomain(storePort, frame, consolePort, frame + 1);
        domain.built = built;
        domain.consolePage = page;
        domain.onlineVcpus = 1;
        domain.hardware = hardware;
        domain.guest = new Guest(hardware, kernel, request.cmdline(), options, executor);
        SimMachine.resume(domain);
        return built;
    }
}
