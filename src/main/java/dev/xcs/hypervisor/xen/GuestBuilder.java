package dev.xcs.hypervisor.xen;

import dev.xcs.image.XenNotes;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds guests with libxenguest, in the order that libxl does it. Any number of builds at once, each with its own handle. */
final class GuestBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(GuestBuilder.class);
    /** LIBXL_MAXMEM_CONSTANT: what a guest may populate beyond its memory. */
    private static final int SLACK_KIB = 1024;

    private static final int CONTROL_DOMID = 0;
    private static final int TSC_MODE_DEFAULT = 0;
    /** MAX_GUEST_CMDLINE less its terminator: xen.h's struct start_info holds no more. */
    private static final int MAX_CMDLINE_BYTES = 1023;

    private final XenLibraries libraries;
    private final XenVersion version;
    private final XenLayout layout;
    private final KernelLoader loader;
    private final PagingPool pool;

    GuestBuilder(XenLibraries libraries, XenVersion version, XenLayout layout, KernelLoader loader, PagingPool pool) {
        this.libraries = libraries;
        this.version = version;
        this.layout = layout;
        this.loader = loader;
        this.pool = pool;
    }

    BuiltDomain build(BuildOrder order) {
        BuildRequest request = order.request();
        requireCmdline(request.cmdline());
        long started = System.nanoTime();
        try (NativeBytes kernelBytes = loader.kernel(order);
                GuestShape shape = shape(request, kernelBytes);
                Modules modules = request.type() == DomainType.HVM ? Modules.none() : Modules.load(loader, request);
                XenInterface xc = XenInterface.openForBuild(libraries)) {
            long loaded = System.nanoTime();
            requireMemory(xc.physInfo(layout.physInfo()), request, shape);
            BuiltDomain built = build(xc, shape, request, kernelBytes, modules);
            LOG.debug(
                    "built domain {}: images {} us, build {} us",
                    request.domid(),
                    (loaded - started) / 1000,
                    (System.nanoTime() - loaded) / 1000);
            return built;
        }
    }

    /** What Xen cannot start that way is refused here: libxenguest, which parses in this process, does not see it. */
    private GuestShape shape(BuildRequest request, NativeBytes kernel) {
        if (request.type() == DomainType.HVM) {
            return HvmShape.of(layout, pool, request, loader);
        }
        XenNotes notes = XenNotes.read(kernel);
        if (!notes.canBoot(request.type())) {
            throw BootTypes.refusal(request.kernel(), request.type(), notes);
        }
        return switch (request.type()) {
            case PV -> new PvShape(layout, request);
            case PVH -> new PvhShape(layout, pool, request, notes);
            case HVM -> throw new IllegalStateException("handled above");
        };
    }

    private static void requireCmdline(@Nullable String cmdline) {
        if (cmdline == null) {
            return;
        }
        int bytes = cmdline.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_CMDLINE_BYTES || cmdline.indexOf('\0') >= 0) {
            throw Problem.invalidField(
                            "cmdline", cmdline, "at most " + MAX_CMDLINE_BYTES + " bytes without a NUL, has " + bytes)
                    .withStep("build")
                    .toException();
        }
    }

    /** Xen would populate what there is and only then fail. */
    private static void requireMemory(PhysInfo host, BuildRequest request, GuestShape shape) {
        // Rounded up to a superpage of 2 MiB, as libxl counts it.
        long neededKib = (request.memoryMib() * 1024L + shape.overheadKib() + shape.devicesKib() + 2047) / 2048 * 2048;
        if (neededKib > host.freeKib()) {
            throw Problem.of(
                            ProblemType.OUT_OF_MEMORY,
                            "memoryMib: " + request.memoryMib() + " MiB needs " + neededKib + " KiB of Xen's memory, "
                                    + host.freeKib() + " KiB of " + host.totalKib() + " KiB are free")
                    .withField("memoryMib")
                    .withStep("build")
                    .withCall("xc_physinfo", "")
                    .withCause("other domains hold the memory; dom0 gives none back by itself (see dom0_mem)")
                    .asRetryable()
                    .toException();
        }
    }

    private BuiltDomain build(
            XenInterface xc, GuestShape shape, BuildRequest request, NativeBytes kernel, Modules modules) {
        limit(xc, shape, request);
        int storePort = allocatePort(xc, request.domid());
        int consolePort = allocatePort(xc, request.domid());
        setPolicies(xc, shape, request);
        try (DomImage image = DomImage.allocate(xc, layout.domImage(), request.cmdline())) {
            image.kernel(kernel);
            image.modules(modules.loaded());
            prepare(image, request, storePort, consolePort);
            shape.prepare(image);
            boot(xc, shape, image, request);
            return shape.finish(xc, image, storePort, consolePort);
        }
    }

    private void limit(XenInterface xc, GuestShape shape, BuildRequest request) {
        int domid = request.domid();
        LibXenCtrl ctrl = libraries.ctrl();
        CallFailure.require(
                ctrl.xc_domain_max_vcpus(xc.handle(), domid, request.vcpus()), "xc_domain_max_vcpus", domid);
        long maxKib = request.memoryMib() * 1024L + SLACK_KIB + shape.devicesKib();
        CallFailure.require(ctrl.xc_domain_setmaxmem(xc.handle(), domid, maxKib), "xc_domain_setmaxmem", domid);
    }

    private int allocatePort(XenInterface xc, int domid) {
        int port = libraries.ctrl().xc_evtchn_alloc_unbound(xc.handle(), domid, CONTROL_DOMID);
        CallFailure.require(port, "xc_evtchn_alloc_unbound", domid);
        return port;
    }

    private void setPolicies(XenInterface xc, GuestShape shape, BuildRequest request) {
        int domid = request.domid();
        shape.limit(xc);
        int tsc = libraries.ctrl().xc_domain_set_tsc_info(xc.handle(), domid, TSC_MODE_DEFAULT, 0, 0, 0);
        CallFailure.require(tsc, "xc_domain_set_tsc_info", domid);
        int policy = libraries.guest().xc_cpuid_apply_policy(xc.handle(), domid, 0, null, 0, 1, 0, 0, null, null);
        if (policy < 0) {
            throw CallFailure.of("xc_cpuid_apply_policy", domid, -policy);
        }
    }

    private void prepare(DomImage image, BuildRequest request, int storePort, int consolePort) {
        DomImageLayout at = layout.domImage();
        image.setInt(at.consoleEvtchn(), consolePort);
        image.setInt(at.consoleDomid(), CONTROL_DOMID);
        image.setInt(at.xenstoreEvtchn(), storePort);
        image.setInt(at.xenstoreDomid(), CONTROL_DOMID);
        // Two builds at once that both saw enough free memory: the claim makes the second fail before it populates
        // anything.
        image.setInt(at.claimEnabled(), 1);
        image.setInt(at.maxVcpus(), request.vcpus());
    }

    private void boot(XenInterface xc, GuestShape shape, DomImage image, BuildRequest request) {
        LibXenGuest guest = libraries.guest();
        DomImageLayout at = layout.domImage();
        String domid = Integer.toString(request.domid());
        image.check(
                guest.xc_dom_boot_xen_init(image.pointer(), xc.handle(), request.domid()),
                "xc_dom_boot_xen_init",
                domid);
        image.require(
                image.intField(at.guestDomid()) == request.domid(), "guest_domid", image.intField(at.guestDomid()));
        image.require(
                image.intField(at.xenVersion()) == version.code(), "xen_version", image.intField(at.xenVersion()));
        image.parse(request.kernel());
        String guestType = image.stringField(at.guestType());
        image.require(guestType.equals(shape.guestType()), "guest_type", guestType);
        String argument = domid + ", " + request.memoryMib() + " MiB";
        image.check(guest.xc_dom_mem_init(image.pointer(), request.memoryMib()), "xc_dom_mem_init", argument);
        long pages = image.field(at.totalPages());
        image.require(pages == request.memoryMib() * 256L, "total_pages", pages);
        image.check(guest.xc_dom_boot_mem_init(image.pointer()), "xc_dom_boot_mem_init", argument);
        shape.furnish(xc, image);
        image.check(guest.xc_dom_build_image(image.pointer()), "xc_dom_build_image", argument);
        image.check(guest.xc_dom_boot_image(image.pointer()), "xc_dom_boot_image", domid);
        image.check(guest.xc_dom_gnttab_init(image.pointer()), "xc_dom_gnttab_init", domid);
    }
}
