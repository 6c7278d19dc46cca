package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How dom0 passes packets on while there is a network that needs it: the guests of a NAT network are hidden, its port forwards lead to
 * them, and nothing else gets to them; to and from a bridge that was made without a way out nothing passes at all. Not thread-safe.
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
        boolean forwards =
                networks.values().stream().anyMatch(network -> network.routed() || network.masquerade() != null);
        return forwards && networks.values().stream().allMatch(network -> passes(network, in, out, packet));
    }

    private boolean passes(HostNetwork network, Nic in, Nic out, IpPacket packet) {
        boolean from = in.name().equals(network.bridge());
        boolean to = out.name().equals(network.bridge());
        if (from == to) {
            return true;
        }
        Subnet hidden = network.masquerade();
        if (hidden == null) {
            return network.uplink() != null;
        }
        if (from && !hidden.contains(packet.from())) {
            return nat.isKnown(packet) && packet.isV4();
        }
        boolean wayOut = network.uplink() == null || out.name().equals(network.uplink());
        return nat.isKnown(packet) || (from && wayOut);
    }

    @Override
    public IpPacket leaving(Nic out, IpPacket packet) {
        IpHost router = host;
        boolean hidden = router != null
                && !router.owns(packet.from())
                && networks.values().stream().anyMatch(network -> hides(network, out, packet));
        if (router == null || !hidden) {
            return packet;
        }
        return router.addresses(out).stream()
                .map(HostAddress::ip)
                .filter(IpAddress::isV4)
                .findFirst()
                .map(own -> nat.hide(packet, own))
                .orElse(packet);
    }

    private boolean hides(HostNetwork network, Nic out, IpPacket packet) {
        Subnet hidden = network.masquerade();
        if (hidden == null || !hidden.contains(packet.from())) {
            return false;
        }
        if (out.name().equals(network.bridge())) {
            // A guest that uses a forward of its own network: the answer has to come back the same way.
            return nat.isKnown(packet);
        }
        boolean wayOut = network.uplink() == null || out.name().equals(network.uplink());
        return wayOut && !hidden.contains(packet.to());
    }

    @Override
    public boolean isProxy(Nic nic, IpAddress wanted) {
        return nic instanceof Link link && link.isProxyFor(wanted);
    }
}
