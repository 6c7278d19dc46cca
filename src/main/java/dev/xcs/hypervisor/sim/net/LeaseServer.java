package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers DHCP, and DNS for the names of the leases, on each network with what was said for it. Not thread-safe. */
public final class LeaseServer {
    private static final int LEASE_SECONDS = 3600;

    /** What is served on one network. */
    private record Served(HostNetwork network, List<Lease> leases) {}

    private final Map<String, Served> byName = new HashMap<>();
    private final IpHost host;

    public LeaseServer(IpHost host) {
        this.host = host;
        host.serve(Udp.DHCP_SERVER, this::lease);
        host.serve(Udp.DNS, this::resolve);
    }

    /** Replaces what is answered on a network. */
    public void serve(HostNetwork network, List<Lease> leases) {
        byName.put(network.name(), new Served(network, List.copyOf(leases)));
    }

    /** A network may have changed: what is answered stays. */
    public void renew(HostNetwork network) {
        byName.computeIfPresent(network.name(), (name, served) -> new Served(network, served.leases()));
    }

    public void end(String name) {
        byName.remove(name);
    }

    private @Nullable Served servedOn(Nic nic) {
        return byName.values().stream()
                .filter(served -> nic.name().equals(served.network().bridge()))
                .findFirst()
                .orElse(null);
    }

    private void lease(Nic nic, IpPacket packet, Udp datagram) {
        Served served = servedOn(nic);
        Dhcp message = Dhcp.parse(datagram.data());
        IpAddress own = served == null ? null : served.network().address();
        if (served == null || message == null || own == null || message.answers()) {
            return;
        }
        boolean other = message.address(Dhcp.SERVER)
                .filter(server -> !server.equals(own))
                .isPresent();
        Optional<Lease> lease = served.leases().stream()
                .filter(known -> HardwareAddress.of(known.mac()).equals(message.client()))
                .filter(known -> known.ip().isV4())
                .findFirst();
        if (other || lease.isEmpty()) {
            return;
        }
        Dhcp answer = answer(message, lease.get(), served.network(), own);
        if (answer != null) {
            Udp reply = new Udp(Udp.DHCP_SERVER, Udp.DHCP_CLIENT, answer.encode());
            host.send(nic, message.client(), reply.from(own, Addresses.BROADCAST));
        }
    }

    private static @Nullable Dhcp answer(Dhcp message, Lease lease, HostNetwork network, IpAddress own) {
        return switch (message.type()) {
            case Dhcp.DISCOVER -> given(message.answer(Dhcp.OFFER, lease.ip()), lease, network, own);
            case Dhcp.REQUEST -> {
                IpAddress wanted = message.address(Dhcp.WANTED).orElse(message.current());
                yield wanted.equals(lease.ip())
                        ? given(message.answer(Dhcp.ACK, lease.ip()), lease, network, own)
                        : message.answer(Dhcp.NAK, Addresses.ANY_V4).with(Dhcp.SERVER, own);
            }
            default -> null;
        };
    }

    private static Dhcp given(Dhcp answer, Lease lease, HostNetwork network, IpAddress own) {
        Dhcp given = answer.with(Dhcp.SERVER, own)
                .with(Dhcp.ROUTER, own)
                .with(Dhcp.NAME_SERVER, own)
                .with(Dhcp.MASK, new HostAddress(own, network.prefix()).netmask())
                .with(
                        Dhcp.LEASE_SECONDS,
                        ByteBuffer.allocate(4).putInt(LEASE_SECONDS).array())
                .with(
                        Dhcp.MTU,
                        ByteBuffer.allocate(2).putShort((short) network.mtu()).array());
        String name = lease.name();
        return name == null ? given : given.with(Dhcp.HOST_NAME, name.replaceFirst("\\..*", ""));
    }

    private void resolve(Nic nic, IpPacket packet, Udp datagram) {
        Served served = servedOn(nic);
        Dns question = Dns.parse(datagram.data());
        if (served == null || question == null || question.answers()) {
            return;
        }
        List<IpAddress> known = served.leases().stream()
                .filter(lease -> lease.name() != null
                        && lease.name().toLowerCase(Locale.ROOT).equals(question.name()))
                .map(Lease::ip)
                .toList();
        List<IpAddress> fitting = known.stream()
                .filter(ip -> ip.isV4() == (question.type() == Dns.A))
                .toList();
        Dns answer = question.answer(known.isEmpty() ? Dns.NO_SUCH_NAME : 0, fitting);
        host.send(new Udp(Udp.DNS, datagram.fromPort(), answer.encode()).from(packet.to(), packet.from()));
    }
}
