package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.hypervisor.ConsoleRings;
import dev.xcs.hypervisor.Domains;
import dev.xcs.hypervisor.EventChannels;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.HypervisorLog;
import dev.xcs.hypervisor.Kernels;
import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.model.HostInfo;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** One process's handles on the simulated machine; {@link #close} does what the kernel does when a process ends. */
public final class SimHypervisor implements Hypervisor {
    private final SimMachine machine;
    private final SimDomains domains;
    private final SimEventChannels events;
    private final BlockDevices blockDevices;
    private final NetworkDevices networkDevices;
    private final Set<SimConsoleRing> rings = ConcurrentHashMap.newKeySet();

    private final Runnable closeBlockDevices;
    private final Consumer<SimHypervisor> onClose;

    SimHypervisor(
            SimMachine machine,
            BlockDevices blockDevices,
            Runnable closeBlockDevices,
            NetworkDevices networkDevices,
            Consumer<SimHypervisor> onClose) {
        this.onClose = onClose;
        this.machine = machine;
        this.domains = new SimDomains(machine);
        this.blockDevices = blockDevices;
        this.closeBlockDevices = closeBlockDevices;
        this.networkDevices = networkDevices;
        this.events = new SimEventChannels(machine.events(), machine.faults());
    }

    @Override
    public HostInfo host() {
        return machine.host();
    }

    @Override
    public Domains domains() {
        return domains;
    }

    @Override
    public Kernels kernels() {
        return machine.kernels();
    }

    @Override
    public EventChannels eventChannels() {
        return events;
    }

    @Override
    public ConsoleRings consoleRings() {
        return this::map;
    }

    @Override
    public HypervisorLog log() {
        return machine.log();
    }

    @Override
    public NetworkDevices networkDevices() {
        return networkDevices;
    }

    @Override
    public BlockDevices blockDevices() {
        return blockDevices;
    }

    private ConsoleRing map(int domid, long frame) {
        SimConsoleRing ring = new SimConsoleRing(machine, domid, rings::remove);
        rings.add(ring);
        return ring;
    }

    @Override
    public void close() {
        rings.forEach(SimConsoleRing::close);
        events.close();
        closeBlockDevices.run();
        onClose.accept(this);
    }
}
