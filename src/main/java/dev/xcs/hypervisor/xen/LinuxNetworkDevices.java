package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.xen.net.Link;
import dev.xcs.hypervisor.xen.net.LinkAddress;
import dev.xcs.hypervisor.xen.net.Marking;
import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifStatistics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The network of a Linux dom0: of the network namespace of the thread that opens it. By rtnetlink and libnftables, without a process but for
 * Open vSwitch. May be used by several threads, one at a time gets through.
 */
final class LinuxNetworkDevices implements NetworkDevices, AutoCloseable {
    private final HandleGate gate = new HandleGate("hypervisor adapter");
    private final Rtnetlink rtnetlink;
    private final Nftables nftables;
    private final Guards guards;
    private final VifPorts ports;
    private final HostNetworks networks;

    private LinuxNetworkDevices(Rtnetlink rtnetlink, Nftables nftables, Sysctls sysctls, OpenVswitch openVswitch) {
        this.rtnetlink = rtnetlink;
        this.nftables = nftables;
        this.guards = new Guards(nftables);
        this.ports = new VifPorts(rtnetlink, guards, sysctls, openVswitch);
        this.networks = new HostNetworks(rtnetlink, new NetworkTables(nftables, sysctls), sysctls, openVswitch);
    }

    /**
     * @param root where proc is, {@code /} but for tests
     * @param programs the directories of programs, the first first
     * @param nftables loads the library when it is first needed
     */
    static LinuxNetworkDevices open(LibC libc, Supplier<LibNftables> nftables, Path root, List<Path> programs) {
        return new LinuxNetworkDevices(
                new Rtnetlink(NetlinkSocket.open(libc)),
                new Nftables(libc, nftables),
                new Sysctls(root),
                new OpenVswitch(programs));
    }

    private <T> T alone(Supplier<T> call) {
        return gate.use(() -> {
            synchronized (rtnetlink) {
                return call.get();
            }
        });
    }

    private void aloneDo(Runnable call) {
        alone(() -> {
            call.run();
            return true;
        });
    }

    /** Of xen-netback: common.h. */
    @Override
    public String vifName(int domid, int index) {
        return "vif" + domid + "." + index;
    }

    @Override
    public List<HostLink> links() {
        return alone(() -> {
            List<Link> links = rtnetlink.links();
            Map<Integer, String> names = links.stream().collect(Collectors.toMap(Link::index, Link::name));
            Map<Integer, List<IpAddress>> addresses = rtnetlink.addresses().stream()
                    .collect(Collectors.groupingBy(
                            LinkAddress::interfaceIndex,
                            Collectors.mapping(LinkAddress::address, Collectors.toList())));
            return links.stream()
                    .map(link -> new HostLink(
                            link.name(),
                            link.index(),
                            link.mac(),
                            link.up(),
                            link.mtu(),
                            names.get(link.master()),
                            link.isBridge(),
                            Marking.of(link).map(Marking::network).orElse(null),
                            addresses.getOrDefault(link.index(), List.of())))
                    .toList();
        });
    }

    @Override
    public void connect(VifPort port) {
        aloneDo(() -> ports.connect(port));
    }

    @Override
    public void disconnect(String name) {
        aloneDo(() -> ports.disconnect(name));
    }

    @Override
    public void make(HostNetwork network) {
        aloneDo(() -> networks.make(network));
    }

    @Override
    public void remove(String name) {
        aloneDo(() -> networks.remove(name));
    }

    @Override
    public Set<String> made() {
        return alone(networks::made);
    }

    @Override
    public Set<String> guarded() {
        return alone(() -> Set.copyOf(guards.drops().keySet()));
    }

    @Override
    public Map<String, VifStatistics> statistics(Set<String> names) {
        return alone(() -> {
            Map<String, Long> drops = guards.drops();
            Map<String, VifStatistics> found = new HashMap<>();
            for (Link link : rtnetlink.links()) {
                if (names.contains(link.name())) {
                    found.put(link.name(), link.counters().asGuestSees(drops.getOrDefault(link.name(), 0L)));
                }
            }
            return found;
        });
    }

    @Override
    public void serve(String network, List<Lease> leases) {
        throw Problem.of(ProblemType.IMPOSSIBLE, "Linux does not answer DHCP itself: run dnsmasq on network " + network)
                .toException();
    }

    @Override
    public void close() {
        gate.close(() -> {}, () -> {
            nftables.close();
            rtnetlink.close();
        });
    }
}
