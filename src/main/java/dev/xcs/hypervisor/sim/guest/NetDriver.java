package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.Addresses;
import dev.xcs.hypervisor.sim.net.Dhcp;
import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.IpPacket;
import dev.xcs.hypervisor.sim.net.Nic;
import dev.xcs.hypervisor.sim.net.PacketPath;
import dev.xcs.hypervisor.sim.net.Udp;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Subnet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** netfront and what is above it: the interfaces of a guest by their names, and its Internet protocols. */
final class NetDriver {
    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** What else answers than the echo port: the port of ssh, for those who only want to know that it is open. */
    private static final int SSH = 22;

    private final FrontDriver<NetFront> driver;
    private final Guest guest;
    private final List<BootAddress> wanted;
    private final IpHost host = new IpHost(PacketPath.NONE);
    private final Map<Integer, DhcpClient> clients = new HashMap<>();
    private List<IpAddress> nameServers = List.of();

    /** @param wanted what interfaces get as they come */
    NetDriver(Guest guest, List<BootAddress> wanted) {
        this.guest = guest;
        this.wanted = wanted;
        this.driver =
                new FrontDriver<>(guest, "vif", guest.hardware()::ignoresNetworks, nodes -> new NetFront(guest, nodes));
        host.echo();
        host.open(SSH);
        host.serve(Udp.DHCP_CLIENT, this::leased);
    }

    FrontDriver<NetFront> driver() {
        return driver;
    }

    IpHost host() {
        return host;
    }

    /** The interfaces that there are, by their names. */
    Map<String, NetFront> byName() {
        Map<String, NetFront> connected = new TreeMap<>();
        for (NetFront front : driver.devices()) {
            if (front.isConnected()) {
                connected.put(front.name(), front);
            }
        }
        return connected;
    }

    /** What the next interface is called: the lowest number that is free. */
    String freeName() {
        String prefix = guest.flavour().networkPrefix();
        int number = 0;
        while (byName().containsKey(prefix + number)) {
            number++;
        }
        return prefix + number;
    }

    /** An interface has come. */
    void attached(NetFront front) {
        host.add(front);
        String first = guest.flavour().networkPrefix() + "0";
        for (BootAddress boot : wanted) {
            if (front.name().equals(boot.device() == null ? first : boot.device())) {
                configure(front, boot);
            }
        }
    }

    private void configure(NetFront front, BootAddress boot) {
        HostAddress address = boot.address();
        if (address != null) {
            set(front, address, boot.gateway());
            report(front, address, boot.gateway());
        } else {
            keepAsking(front, client(front, lease -> {
                use(front, lease);
                report(
                        front,
                        DhcpClient.address(lease),
                        lease.address(Dhcp.ROUTER).orElse(null));
            }));
        }
    }

    private void keepAsking(NetFront front, DhcpClient client) {
        if (clients.get(client.transaction()) == client && byName().containsValue(front)) {
            client.ask();
            guest.after(ASK_AGAIN_NANOS, () -> keepAsking(front, client));
        }
    }

    private void report(NetFront front, HostAddress address, @Nullable IpAddress gateway) {
        guest.printk("IP-Config: Complete:");
        guest.printk("     device=" + front.name() + ", hwaddr=" + front.mac() + ", ipaddr=" + address.ip() + ", mask="
                + (address.ip().isV4() ? address.netmask() : address.prefix()) + ", gw="
                + (gateway == null ? "255.255.255.255" : gateway));
    }

    /** Gives an interface an address, and all else a way by the gateway. */
    void set(NetFront front, HostAddress address, @Nullable IpAddress gateway) {
        host.add(front, address);
        if (gateway != null) {
            host.route(new Subnet(Addresses.any(gateway.isV4()), 0), gateway, front);
        }
    }

    /** A client of DHCP for an interface, until it has a lease. */
    DhcpClient client(NetFront front, DhcpClient.Events events) {
        DhcpClient client = new DhcpClient(front, host, events);
        clients.put(client.transaction(), client);
        return client;
    }

    void end(DhcpClient client) {
        clients.remove(client.transaction());
    }

    private void leased(Nic nic, IpPacket packet, Udp datagram) {
        Dhcp message = Dhcp.parse(datagram.data());
        DhcpClient client = message == null || !message.answers() ? null : clients.get(message.transaction());
        if (message != null && client != null && message.client().equals(nic.mac())) {
            client.received(message);
        }
    }

    /** Takes the address of a lease in the place of those that the interface has. */
    void use(NetFront front, Dhcp lease) {
        clients.remove(lease.transaction());
        for (HostAddress old : host.addresses(front)) {
            if (old.ip().isV4()) {
                host.remove(front, old);
            }
        }
        set(front, DhcpClient.address(lease), lease.address(Dhcp.ROUTER).orElse(null));
        nameServers = lease.address(Dhcp.NAME_SERVER).map(List::of).orElse(nameServers);
    }

    /** Whom to ask for names: those that the last lease named. */
    List<IpAddress> nameServers() {
        return nameServers;
    }

    /** An interface has gone. */
    void detached(NetFront front) {
        host.remove(front);
    }

    NetFacts facts(NetFront front) {
        return new NetFacts(
                front.name(), front.mac(), front.isUp(), front.mtu(), host.addresses(front), front.counters());
    }
}
