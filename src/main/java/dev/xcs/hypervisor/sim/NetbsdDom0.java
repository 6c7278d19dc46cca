package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.netbsd.CommandRunner;
import dev.xcs.hypervisor.netbsd.NetbsdNetworkDevices;
import dev.xcs.hypervisor.sim.net.Addresses;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.hypervisor.sim.net.LeaseServer;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.hypervisor.sim.netbsd.NetbsdKernel;
import dev.xcs.hypervisor.sim.netbsd.NetbsdPrograms;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Subnet;
import dev.xcs.platform.Dom0;
import dev.xcs.platform.NetbsdNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The network of the simulated dom0 with NetBSD: {@value #UPLINK} leads out, and on {@value #BRIDGE} dom0 is by vether0. It is controlled by the adapter
 * for real NetBSD, whose commands run against {@link NetbsdPrograms}. Thread-safe.
 */
final class NetbsdDom0 implements BackendNetwork {
    static final String UPLINK = "wm0";
    static final String BRIDGE = "bridge0";

    private static final HardwareAddress UPLINK_MAC = new HardwareAddress(0x5254_0000_0002L);
    private static final IpAddress UPLINK_ADDRESS = IpAddress.parse("192.0.2.2");
    private static final IpAddress BRIDGE_ADDRESS = IpAddress.parse("10.77.0.1");
    private static final int BRIDGE_PREFIX = 24;
    private static final int LOOPBACK_MTU = 33624;

    private final NetbsdKernel kernel = new NetbsdKernel();
    private final NetbsdPrograms programs = new NetbsdPrograms(kernel, this);
    private final LeaseServer leases = new LeaseServer(kernel.host());
    private final Map<String, HostNetwork> served = new HashMap<>();
    private final OutsideHost outside = new OutsideHost(this, this::fromOutside);
    private final Path run;

    /** @param run what this host has below /var/run, which is empty at first */
    NetbsdDom0(Path run) {
        this.run = run;
        empty(run);
        Link loopback = kernel.attach("lo0", HardwareAddress.ZERO, frame -> {});
        loopback.mtu(LOOPBACK_MTU);
        loopback.up(true);
        Link uplink = kernel.attach(UPLINK, UPLINK_MAC, outside::receive);
        kernel.up(uplink, true);
        kernel.host().add(uplink, new HostAddress(UPLINK_ADDRESS, OutsideHost.PREFIX));
        kernel.host().route(new Subnet(Addresses.ANY_V4, 0), IpAddress.parse(OutsideHost.ADDRESS), uplink);
        addBridge(BRIDGE);
        String own = Dom0.NETBSD.hostSide(BRIDGE);
        administer(NetbsdNetwork.create(own));
        administer(NetbsdNetwork.address(own, BRIDGE_ADDRESS, BRIDGE_PREFIX));
        administer(NetbsdNetwork.join(BRIDGE, own));
    }

    /** A host that boots has nothing there. */
    private static void empty(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void administer(List<String> command) {
        var result = programs.run(command, Duration.ZERO);
        if (result.status() != 0) {
            throw new IllegalStateException(command + ": " + result.errors());
        }
    }

    CommandRunner programs() {
        return programs;
    }

    NetbsdKernel kernel() {
        return kernel;
    }

    @Override
    public OutsideHost outside() {
        return outside;
    }

    @Override
    public void addBridge(String name) {
        administer(NetbsdNetwork.create(name));
        administer(List.of("brconfig", name, "up"));
    }

    @Override
    public synchronized boolean hasVif(int domid, int index) {
        return kernel.find(Dom0.NETBSD.vifName(domid, index)).isPresent();
    }

    @Override
    public synchronized Link addVif(int domid, int index, Consumer<byte[]> wire) {
        String name = Dom0.NETBSD.vifName(domid, index);
        return kernel.attach(name, HardwareAddress.of(MacAddress.ofName(name)), wire);
    }

    @Override
    public synchronized void removeVif(Link link) {
        kernel.detach(link);
    }

    @Override
    public synchronized void arrive(Link link, byte[] frame) {
        kernel.arrive(link, frame);
    }

    @Override
    public synchronized void arriveBroken(Link link) {
        link.broken();
    }

    @Override
    public synchronized void refused(Link link, int bytes) {
        link.refused(bytes);
    }

    private void fromOutside(byte[] frame) {
        kernel.find(UPLINK).ifPresent(uplink -> kernel.arrive(uplink, frame));
    }

    /** As the script vif-bridge of xentools does. */
    @Override
    public void connectForeign(int domid, int index, String bridge) {
        String name = Dom0.NETBSD.vifName(domid, index);
        administer(NetbsdNetwork.up(name));
        administer(NetbsdNetwork.join(bridge, name));
    }

    @Override
    public NetworkDevices devices(Faults faults) {
        return new NetbsdSimNetworkDevices(new NetbsdNetworkDevices(programs, run), this, faults);
    }

    /** A network is there, by which leases may be given. */
    synchronized void made(HostNetwork network) {
        String bridge = network.bridge();
        if (bridge != null && network.address() != null) {
            HostNetwork seen = new HostNetwork(
                    network.name(),
                    Dom0.NETBSD.hostSide(bridge),
                    false,
                    network.mac(),
                    network.address(),
                    network.prefix(),
                    network.mtu(),
                    network.uplink(),
                    network.vlan(),
                    network.masquerade(),
                    network.forwards(),
                    network.routed());
            served.put(network.name(), seen);
            leases.renew(seen);
        }
    }

    synchronized void removed(String name) {
        served.remove(name);
        leases.end(name);
    }

    synchronized void serve(String name, List<Lease> answered) {
        HostNetwork network = served.get(name);
        if (network != null) {
            leases.serve(network, answered);
        } else if (!answered.isEmpty()) {
            throw XenErrno.ENODEV.of("serve", name, "nothing was made for a network of this name");
        }
    }
}
