package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How dom0 passes packets on between the networks that were made in it: out of those that it hides behind its own address, to the
 * guests behind its forwarded ports, and to and from routed guests. Nothing else passes. Not thread-safe.
 */
public final class Router implements PacketPath {
    private final Map<String, HostNetwork> networks = new LinkedHashMap<>();
    private final Nat nat = new Nat();
    private @Nullable IpHost host;

    /** @param newHost the host that asks this */
    public void host(IpHost newHost) {
        host = newHost;
    }

    public void put(HostNetwork network) {
        networks.put(network.name(), network);
    }

    public void remove(HostNetwork network) {
        networks.remove(network.name());
        Subnet hidden = network.masquerade();
        if (hidden != null) {
            nat.forget(hidden);
        }
    }

    @Override
    public IpPacket arriving(Nic in, IpPacket packet) {
        IpPacket translated = nat.translate(packet);
        return translated == packet ? lead(packet) : translated;
    }

    private IpPacket lead(IpPacket packet) {
        Flow flow = Flow.of(packet);
        if (flow == null || host == null || !host.owns(packet.to())) {
            return packet;
        }
        for (HostNetwork network : networks.values()) {
            for (PortForward forward : network.forwards()) {
                if (matches(forward, flow)) {
                    return nat.lead(packet, flow, forward.to(), forward.port());
                }
            }
        }
        return packet;
    }

    private static boolean matches(PortForward forward, Flow flow) {
        int protocol = forward.protocol() == PortForward.Protocol.TCP ? IpPacket.TCP : IpPacket.UDP;
        boolean open = forward.hostAddress() == null || forward.hostAddress().equals(flow.to());
        return open && protocol == flow.protocol() && forward.hostPort() == flow.toPort();
    }

    @Override
    public boolean passes(Nic in, Nic out, IpPacket packet) {
        HostNetwork from = hidden(in);
        HostNetwork to = hidden(out);
        if (nat.isKnown(packet)) {
            return true;
        }
        if (from != null) {
            boolean wayOut = from.uplink() == null || out.name().equals(from.uplink());
            return to == null && wayOut && isHidden(from, packet.from());
        }
        return to == null && isAnyRouted() && (isRouted(in) || isRouted(out));
    }

    private boolean isAnyRouted() {
        return networks.values().stream().anyMatch(HostNetwork::routed);
    }

    private static boolean isRouted(Nic nic) {
        return nic instanceof Link link && link.isRouted();
    }

    private @Nullable HostNetwork hidden(Nic nic) {
        return find(network -> network.masquerade() != null && nic.name().equals(network.bridge()))
                .orElse(null);
    }

    private static boolean isHidden(HostNetwork network, IpAddress address) {
        return network.masquerade() != null && network.masquerade().contains(address);
    }

    private Optional<HostNetwork> find(Predicate<HostNetwork> wanted) {
        return networks.values().stream().filter(wanted).findFirst();
    }

    @Override
    public IpPacket leaving(Nic out, IpPacket packet) {
        boolean hidden = hidden(out) == null
                && find(network -> isHidden(network, packet.from())).isPresent()
                && host != null
                && !host.owns(packet.from());
        if (!hidden || host == null) {
            return packet;
        }
        return host.addresses(out).stream()
                .map(HostAddress::ip)
                .filter(IpAddress::isV4)
                .findFirst()
                .map(own -> nat.hide(packet, own))
                .orElse(packet);
    }

    @Override
    public boolean isProxy(Nic nic) {
        return nic instanceof Link link && link.isProxy();
    }
}
