package dev.xcs;

import dev.xcs.config.DaemonConfig;
import dev.xcs.config.DaemonConfig.BuilderPlace;
import dev.xcs.config.DaemonConfig.HypervisorKind;
import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.hypervisor.xen.XenHypervisor;
import dev.xcs.hypervisor.xen.XenOptions;
import dev.xcs.platform.Dom0;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The host that is controlled: real Xen or the simulated one.
 *
 * @param open opens handles on the hypervisor; blocks
 * @param xenstore where its xenstored is
 * @param simulated the simulated host, if it is one
 */
record Host(Supplier<Hypervisor> open, XenstoreConfig xenstore, Optional<SimHost> simulated) implements AutoCloseable {

    /** The one that the configuration asks for. AUTO is decided by what this runs on, and never falls back when that fails. */
    static Host choose(DaemonConfig config, String faults) {
        boolean xen = config.hypervisor() == HypervisorKind.AUTO
                ? XenHypervisor.present(Path.of("/"))
                : config.hypervisor() == HypervisorKind.XEN;
        return xen ? xen(config) : simulated(config, faults);
    }

    private static Host xen(DaemonConfig config) {
        boolean apart = config.domain().builder() == BuilderPlace.PROCESS;
        XenOptions options = XenOptions.of(
                        config.kernelCache().directory(), config.kernelCache().maxBytes())
                .withBuilderProcesses(apart ? config.domain().maxParallelBuilds() : 0);
        return new Host(() -> XenHypervisor.open(options), config.xenstore(), Optional.empty());
    }

    private static Host simulated(DaemonConfig config, String faults) {
        SimHostOptions options =
                SimHostOptions.defaults().withDom0(Dom0.of(config.sim().dom0())).withFaults(faults);
        SimHost host = SimHost.start(options, config.stateDir());
        XenstoreConfig xenstore = new XenstoreConfig(
                host.xenstoreSocket().toString(), config.xenstore().maxInFlight());
        return new Host(host::hypervisor, xenstore, Optional.of(host));
    }

    @Override
    public void close() {
        simulated.ifPresent(SimHost::close);
    }
}
