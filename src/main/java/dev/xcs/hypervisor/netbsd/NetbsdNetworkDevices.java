package dev.xcs.hypervisor.netbsd;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.Lease;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifStatistics;
import dev.xcs.platform.Dom0;
import dev.xcs.platform.NetbsdLink;
import dev.xcs.platform.NetbsdLinks;
import dev.xcs.platform.NetbsdNetwork;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The network of a NetBSD dom0, by ifconfig, brconfig, npfctl, route, arp, ndp and sysctl. May be used by several threads, one at a time gets through. */
public final class NetbsdNetworkDevices implements NetworkDevices {
    private final Commands commands;
    private final VifPorts ports;
    private final HostNetworks networks;

    /** @param directory where it keeps what it made, below one that is empty after a boot */
    public NetbsdNetworkDevices(CommandRunner runner, Path directory) {
        this.commands = new Commands(runner);
        PacketFilter filter = new PacketFilter(commands);
        this.ports = new VifPorts(commands, filter, new Ledger(directory.resolve("vifs")));
        this.networks = new HostNetworks(
                commands,
                filter,
                new Forwarding(commands, new Ledger(directory.resolve("switches"))),
                new Ledger(directory.resolve("networks")));
    }

    @Override
    public String vifName(int domid, int index) {
        return Dom0.NETBSD.vifName(domid, index);
    }

    @Override
    public synchronized List<HostLink> links() {
        Interfaces now = Interfaces.look(commands);
        Map<String, String> owners = networks.owners();
        return now.all().stream()
                .map(link -> new HostLink(
                        link.name(),
                        link.place(),
                        link.mac(),
                        link.up(),
                        link.mtu(),
                        now.bridgeOf(link.name()),
                        Interfaces.isBridge(link.name()),
                        owners.get(link.name()),
                        link.addresses()))
                .toList();
    }

    @Override
    public synchronized void connect(VifPort port) {
        ports.connect(port);
    }

    @Override
    public synchronized void disconnect(String name) {
        ports.disconnect(name);
    }

    @Override
    public synchronized void make(HostNetwork network) {
        networks.make(network);
    }

    @Override
    public synchronized void remove(String name) {
        networks.remove(name);
    }

    @Override
    public synchronized Set<String> made() {
        return networks.made();
    }

    @Override
    public synchronized Set<String> guarded() {
        return ports.guarded();
    }

    /** NPF does not count by rule: nothing is told of what guards stopped. */
    @Override
    public synchronized Map<String, VifStatistics> statistics(Set<String> names) {
        Map<String, VifStatistics> found = new HashMap<>();
        for (NetbsdLink link : NetbsdLinks.read(commands.run(NetbsdNetwork.interfaces()))) {
            if (names.contains(link.name())) {
                found.put(link.name(), asGuestSees(link.out(), link.in()));
            }
        }
        return found;
    }

    private static VifStatistics asGuestSees(NetbsdLink.Counters received, NetbsdLink.Counters sent) {
        return new VifStatistics(
                received.bytes(),
                received.packets(),
                received.drops(),
                received.errors(),
                sent.bytes(),
                sent.packets(),
                sent.drops(),
                sent.errors(),
                0);
    }

    @Override
    public void serve(String network, List<Lease> leases) {
        throw Problem.of(
                        ProblemType.IMPOSSIBLE, "NetBSD does not answer DHCP itself: run dnsmasq on network " + network)
                .toException();
    }
}
