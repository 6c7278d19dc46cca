package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.hypervisor.ConsoleRings;
import dev.xcs.hypervisor.Domains;
import dev.xcs.hypervisor.EventChannels;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.HypervisorLog;
import dev.xcs.hypervisor.Kernels;
import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.Terminals;
import dev.xcs.model.HostInfo;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.platform.Dom0;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real Xen on x86-64, seen from dom0. */
public final class XenHypervisor implements Hypervisor {
    private static final Logger LOG = LoggerFactory.getLogger(XenHypervisor.class);
    private final XenVersion version;
    private final XenLayout layout;
    private final List<String> capabilities;
    private final SharedInterface shared;
    private final XenDomains domains;
    private final XenKernels kernels;
    private final XenEventChannels eventChannels;
    private final XenConsoleRings consoleRings;
    private final Dom0 dom0;
    private final Dom0Devices devices;
    private final Terminals terminals;
    private final OpenHandles handles;

    private XenHypervisor(
            XenVersion version,
            XenLayout layout,
            List<String> capabilities,
            SharedInterface shared,
            XenDomains domains,
            XenKernels kernels,
            XenEventChannels eventChannels,
            XenConsoleRings consoleRings,
            Dom0 dom0,
            Dom0Devices devices,
            Terminals terminals,
            OpenHandles handles) {
        this.version = version;
        this.layout = layout;
        this.capabilities = capabilities;
        this.shared = shared;
        this.domains = domains;
        this.kernels = kernels;
        this.eventChannels = eventChannels;
        this.consoleRings = consoleRings;
        this.dom0 = dom0;
        this.devices = devices;
        this.terminals = terminals;
        this.handles = handles;
    }

    /** Whether a Xen runs beneath this system, dom0 or not. */
    public static boolean present(Path root) {
        String system = System.getProperty("os.name");
        return Stream.of(Dom0.values())
                .filter(dom0 -> dom0.system().sysname().equals(system))
                .anyMatch(dom0 -> new XenDetector(root, dom0).onXen());
    }

    /**
     * Detects the running Xen, loads the libraries made for it, proves that their structures are the known ones, and opens every
     * handle.
     *
     * @throws ProblemException when this is not dom0 of a Xen that is known, with what is missing and what to do
     */
    public static XenHypervisor open(XenOptions options) {
        long started = System.nanoTime();
        XenVersion version = new XenDetector(options.root(), options.dom0()).detect();
        XenLayout layout = XenLayout.of(version);
        XenLibraries libraries = XenLibraries.load(version);
        LayoutSelfCheck.run(libraries, layout.domImage());
        XenHypervisor opened = open(version, layout, libraries, options);
        LOG.info("Xen {} opened in {} ms", version, (System.nanoTime() - started) / 1_000_000);
        return opened;
    }

    private static Builder openBuilder(
            XenOptions options, XenLibraries libraries, XenVersion version, XenLayout layout, PhysInfo host) {
        return options.builderProcesses() > 0
                ? BuilderPool.open(BuilderCommand.of(options.root()), options.builderProcesses())
                : LibraryBuilder.open(libraries, version, layout, host);
    }

    private static @Nullable KernelCache openCache(XenOptions options, Builder builder) {
        if (options.kernelCacheMaxBytes() <= 0) {
            return null;
        }
        try {
            return KernelCache.open(
                    options.kernelCacheDirectory(), options.kernelCacheMaxBytes(), builder.cacheWriter());
        } catch (IOException e) {
            LOG.warn(
                    "no kernel cache, every build decompresses its kernel: {} cannot be used: {}",
                    options.kernelCacheDirectory(),
                    e.toString());
            return null;
        }
    }

    private static XenHypervisor open(
            XenVersion version, XenLayout layout, XenLibraries libraries, XenOptions options) {
        OpenHandles handles = new OpenHandles();
        try {
            CallLog log = handles.add(new CallLog(libraries, LibXenToolLog.XTL_CRITICAL));
            XenInterface xc = XenInterface.open(libraries);
            SharedInterface shared = handles.add(new SharedInterface(xc));
            requireSame(version, xc.version());
            PhysInfo host = physInfo(xc, layout);
            Builder builder = handles.add(openBuilder(options, libraries, version, layout, host));
            XenKernels kernels = new XenKernels(builder, openCache(options, builder));
            XenDomains domains = new XenDomains(libraries, shared, layout, kernels, host);
            XenEventChannels channels =
                    handles.add(XenEventChannels.open(libraries.evtchn(), libraries.libc(), log.pointer()));
            XenConsoleRings rings = handles.add(XenConsoleRings.open(libraries, layout, log.pointer()));
            Dom0Devices devices = Dom0Devices.open(options.dom0(), libraries.libc(), options.root(), handles);
            Terminals terminals = new PseudoTerminals(libraries.libc());
            return new XenHypervisor(
                    version,
                    layout,
                    xc.capabilities(),
                    shared,
                    domains,
                    kernels,
                    channels,
                    rings,
                    options.dom0(),
                    devices,
                    terminals,
                    handles);
        } catch (ProblemException e) {
            handles.closeAll();
            throw e;
        }
    }

    private static void requireSame(XenVersion detected, XenVersion answered) {
        if (detected.code() != answered.code()) {
            throw Problem.of(
                            ProblemType.IMPOSSIBLE,
                            "xc_version says Xen " + answered.series() + ", /sys/hypervisor says " + detected.series())
                    .withStep("detect")
                    .withCall("xc_version", "XENVER_version")
                    .toException();
        }
    }

    /** The first call that carries the library's interface number: a library of another version fails here. */
    private static PhysInfo physInfo(XenInterface xc, XenLayout layout) {
        try {
            return xc.physInfo(layout.physInfo());
        } catch (ProblemException e) {
            throw new ProblemException(e.problem().withStep("detect"), e);
        }
    }

    @Override
    public HostInfo host() {
        PhysInfo now = shared.use(xc -> xc.physInfo(layout.physInfo()));
        return new HostInfo(
                false,
                dom0.system(),
                version.toString(),
                capabilities,
                now.pv(),
                now.hvm(),
                now.hap(),
                now.cpus(),
                now.cpuKhz(),
                now.nodes(),
                now.totalKib(),
                now.freeKib());
    }

    @Override
    public Domains domains() {
        return domains;
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public EventChannels eventChannels() {
        return eventChannels;
    }

    @Override
    public ConsoleRings consoleRings() {
        return consoleRings;
    }

    @Override
    public HypervisorLog log() {
        return index -> shared.use(xc -> xc.log(index));
    }

    @Override
    public Terminals terminals() {
        return terminals;
    }

    @Override
    public NetworkDevices networkDevices() {
        return devices.network();
    }

    @Override
    public BlockDevices blockDevices() {
        return devices.block();
    }

    @Override
    public void close() {
        handles.closeAll();
    }
}
