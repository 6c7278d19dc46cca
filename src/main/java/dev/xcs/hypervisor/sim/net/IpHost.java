package dev.xcs.hypervisor.sim.net;

import dev.xcs.hypervisor.sim.net.Routes.Route;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Subnet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A host's Internet protocols: answers ARP, neighbour solicitations and echoes, asks those who serve its ports, and passes packets on
 * as its {@link PacketPath} says. Not thread-safe.
 */
public final class IpHost {
    /** What of a packet an error message takes along, beside its header. */
    private static final int QUOTED = 28;

    private static final int V6_QUOTED = 48;
    private static final int LINK_LOCAL_PREFIX = 64;

    private final Map<Nic, List<HostAddress>> nics = new LinkedHashMap<>();
    private final Routes routes = new Routes();
    private final Neighbours neighbours = new Neighbours(this::ask);
    private final Map<Integer, UdpService> services = new HashMap<>();
    private final Set<Integer> openPorts = new HashSet<>();
    private final PacketPath path;
    private Listener listener = new Listener() {};

    /** Gets what no part of the host takes. */
    public interface Listener {
        /** Any ARP message on a link of the host. */
        default void heard(Nic nic, Arp message) {}

        /** A packet to this host: an echo reply, an error, an answer of TCP. */
        default void received(Nic nic, IpPacket packet) {}
    }

    /** Who serves a port of UDP. */
    public interface UdpService {
        void received(Nic nic, IpPacket packet, Udp datagram);
    }

    public IpHost(PacketPath path) {
        this.path = path;
    }

    /** Makes an interface known; quietly does nothing for one that is known. */
    public void add(Nic nic) {
        nics.computeIfAbsent(nic, key -> new ArrayList<>());
    }

    /** Gives an interface the address of IPv6 that it has by itself, or takes it away. */
    public void linkLocal(Nic nic, boolean wanted) {
        HostAddress own = new HostAddress(Addresses.linkLocal(nic.mac()), LINK_LOCAL_PREFIX);
        if (wanted) {
            add(nic, own);
        } else {
            remove(nic, own);
        }
    }

    /** Forgets an interface and all that is known of it. */
    public void remove(Nic nic) {
        nics.remove(nic);
        routes.forget(nic);
        neighbours.forget(nic);
    }

    /** Quietly does nothing for one that the interface has. */
    public void add(Nic nic, HostAddress address) {
        List<HostAddress> addresses = nics.get(nic);
        if (addresses != null && !addresses.contains(address)) {
            addresses.add(address);
            route(address.subnet(), null, nic);
        }
    }

    public void remove(Nic nic, HostAddress address) {
        if (nics.getOrDefault(nic, List.of()).remove(address)) {
            routes.remove(address.subnet(), nic);
        }
    }

    /**
     * Moves the addresses of an interface, and what is routed through it, to another.
     *
     * @param kept an address that stays; null for none
     */
    public void move(Nic from, Nic to, @Nullable IpAddress kept) {
        List<HostAddress> moved = addresses(from).stream()
                .filter(address ->
                        !Addresses.isLinkLocal(address.ip()) && !address.ip().equals(kept))
                .toList();
        List<Subnet> staying = addresses(from).stream()
                .filter(address -> !moved.contains(address))
                .map(HostAddress::subnet)
                .toList();
        moved.forEach(address -> remove(from, address));
        moved.forEach(address -> add(to, address));
        routes.move(from, to, staying);
        neighbours.forget(from);
    }

    /** Those of an interface, in the order in which it got them. */
    public List<HostAddress> addresses(Nic nic) {
        return List.copyOf(nics.getOrDefault(nic, List.of()));
    }

    /** @param via the router; null where the link itself leads to them */
    public void route(Subnet to, @Nullable IpAddress via, Nic nic) {
        routes.add(new Route(to, via, nic));
    }

    public void unroute(Subnet to, Nic nic) {
        routes.remove(to, nic);
    }

    /** The interface through which an address is reached; empty when there is none that is up. */
    public Optional<Nic> nicTo(IpAddress target) {
        return routes.find(target).map(Route::nic);
    }

    /** One route a line. */
    public String printRoutes() {
        return routes.print();
    }

    /** One neighbour a line. */
    public String printNeighbours() {
        return neighbours.print();
    }

    /** Replaces who listens; there is always one only. */
    public void listen(Listener newListener) {
        listener = newListener;
    }

    public void serve(int port, UdpService service) {
        services.put(port, service);
    }

    public void endService(int port) {
        services.remove(port);
    }

    /** Answers those who would connect to a port of TCP that it is open. */
    public void open(int port) {
        openPorts.add(port);
    }

    /** The address that this host sends to another from; empty when it has none or no way there. */
    public Optional<IpAddress> sourceFor(IpAddress target) {
        if (owns(target)) {
            return Optional.of(target);
        }
        return routes.find(target).flatMap(route -> sourceOn(route.nic(), target));
    }

    private Optional<IpAddress> sourceOn(Nic nic, IpAddress target) {
        Optional<IpAddress> own = fitting(addresses(nic), target);
        return own.isPresent()
                ? own
                : nics.values().stream()
                        .flatMap(all -> fitting(all, target).stream())
                        .findFirst();
    }

    private static Optional<IpAddress> fitting(List<HostAddress> addresses, IpAddress target) {
        boolean near = !target.isV4() && (Addresses.isLinkLocal(target) || Addresses.isGroup(target));
        return addresses.stream()
                .map(HostAddress::ip)
                .filter(ip -> ip.isV4() == target.isV4() && Addresses.isLinkLocal(ip) == near)
                .findFirst();
    }

    public boolean owns(IpAddress ip) {
        return nics.values().stream()
                .flatMap(List::stream)
                .anyMatch(address -> address.ip().equals(ip));
    }

    /** Sends a packet on its way; gives whether there is one. What is too long for its interface is lost. */
    public boolean send(IpPacket packet) {
        if (owns(packet.to())) {
            nics.keySet().stream().findFirst().ifPresent(nic -> deliver(nic, packet));
            return true;
        }
        Optional<Route> route = routes.find(packet.to());
        route.ifPresent(found -> send(found, packet));
        return route.isPresent();
    }

    private void send(Route route, IpPacket packet) {
        if (packet.size() > route.nic().mtu() || !path.emits(route.nic(), packet)) {
            return;
        }
        neighbours.send(route.nic(), route.hop(packet.to()), path.leaving(route.nic(), packet));
    }

    /** Sends a packet on a link to somebody, or to all, whatever the routes say. */
    public void send(Nic nic, HardwareAddress to, IpPacket packet) {
        if (path.emits(nic, packet)) {
            Neighbours.transmit(nic, to, packet);
        }
    }

    /** Asks on a link who has an address; the answer reaches the listener. */
    public void ask(Nic nic, IpAddress wanted) {
        IpAddress source = sourceOn(nic, wanted).orElse(Addresses.any(wanted.isV4()));
        if (wanted.isV4()) {
            Arp request = Arp.request(nic.mac(), source, wanted);
            nic.transmit(Frame.untagged(HardwareAddress.BROADCAST, nic.mac(), Frame.ARP, request.encode())
                    .encode());
        } else {
            IpAddress group = Addresses.solicitedNode(wanted);
            send(nic, HardwareAddress.ofGroup(group), new Neighbour(true, wanted, nic.mac()).from(source, group));
        }
    }

    /** A frame has come in on one of its interfaces. */
    public void receive(Nic nic, byte[] bytes) {
        Frame frame = Frame.parse(bytes);
        boolean mine = frame != null && (frame.to().isGroup() || frame.to().equals(nic.mac()));
        if (frame == null || !mine || frame.vlan() != Frame.UNTAGGED || !nics.containsKey(nic)) {
            return;
        }
        if (frame.type() == Frame.ARP) {
            Arp message = Arp.parse(frame.payload());
            if (message != null) {
                receive(nic, message);
            }
            return;
        }
        IpPacket packet = IpPacket.of(frame);
        if (packet != null && path.admits(nic, packet)) {
            receive(nic, frame, path.arriving(nic, packet));
        }
    }

    private void receive(Nic nic, Arp message) {
        boolean wanted = answersFor(nic, message.targetIp());
        if (!Addresses.isAny(message.senderIp())) {
            neighbours.learn(nic, message.senderIp(), message.sender(), wanted);
        }
        listener.heard(nic, message);
        if (message.operation() == Arp.REQUEST && wanted) {
            Arp answer = message.answer(nic.mac());
            nic.transmit(Frame.untagged(message.sender(), nic.mac(), Frame.ARP, answer.encode())
                    .encode());
        }
    }

    private boolean answersFor(Nic nic, IpAddress target) {
        if (owns(target)) {
            return true;
        }
        return path.isProxy(nic, target)
                && nicTo(target).filter(other -> !other.equals(nic)).isPresent();
    }

    private void receive(Nic nic, Frame frame, IpPacket packet) {
        IpAddress to = packet.to();
        boolean toAll = Addresses.isGroup(to)
                || addresses(nic).stream()
                        .anyMatch(address -> to.isV4()
                                && address.prefix() < 31
                                && address.broadcast().equals(to));
        if (owns(to) || toAll) {
            deliver(nic, packet);
        } else if (!frame.to().isGroup()) {
            forward(nic, packet);
        }
    }

    private void forward(Nic in, IpPacket packet) {
        Route route = routes.find(packet.to()).orElse(null);
        boolean near = Addresses.isLinkLocal(packet.from()) || Addresses.isLinkLocal(packet.to());
        if (route == null || near || !path.passes(in, route.nic(), packet)) {
            return;
        }
        boolean v4 = packet.isV4();
        if (packet.hops() <= 1) {
            complain(packet, v4 ? Icmp.TIME_EXCEEDED : Icmp.V6_TIME_EXCEEDED, 0, 0);
        } else if (packet.size() > route.nic().mtu()) {
            int mtu = route.nic().mtu();
            complain(packet, v4 ? Icmp.UNREACHABLE : Icmp.V6_TOO_BIG, v4 ? Icmp.TOO_BIG : 0, mtu);
        } else {
            send(route, packet.withHops(packet.hops() - 1));
        }
    }

    /** Tells the sender of a packet that it did not get where it was to. */
    private void complain(IpPacket packet, int type, int code, int rest) {
        if (Addresses.isGroup(packet.to()) || (Icmp.of(packet) != null && Flow.of(packet) == null)) {
            return;
        }
        byte[] whole = packet.encode();
        byte[] quoted = Arrays.copyOf(whole, Math.min(whole.length, packet.isV4() ? QUOTED : V6_QUOTED));
        sourceFor(packet.from())
                .ifPresent(source -> send(new Icmp(type, code, rest, quoted).from(source, packet.from())));
    }

    private void deliver(Nic nic, IpPacket packet) {
        Icmp message = Icmp.of(packet);
        Udp datagram = Udp.of(packet);
        Tcp segment = Tcp.of(packet);
        if (message != null) {
            deliver(nic, packet, message);
        } else if (datagram != null) {
            deliver(nic, packet, datagram);
        } else if (segment != null && segment.has(Tcp.SYN) && !segment.has(Tcp.ACK)) {
            send(segment.answer(openPorts.contains(segment.toPort())).from(packet.to(), packet.from()));
        } else {
            listener.received(nic, packet);
        }
    }

    private void deliver(Nic nic, IpPacket packet, Icmp message) {
        Neighbour neighbour = packet.isV4() ? null : Neighbour.of(message);
        if (neighbour != null) {
            deliver(nic, packet, neighbour);
        } else if (message.isEcho(packet.isV4())) {
            if (!Addresses.isGroup(packet.to()) && !Addresses.isAny(packet.from())) {
                send(message.reply().from(packet.to(), packet.from()));
            }
        } else {
            listener.received(nic, packet);
        }
    }

    private void deliver(Nic nic, IpPacket packet, Neighbour message) {
        HardwareAddress said = message.mac();
        boolean wanted = message.solicits() && answersFor(nic, message.target());
        if (said != null && !(message.solicits() && Addresses.isAny(packet.from()))) {
            neighbours.learn(nic, message.solicits() ? packet.from() : message.target(), said, wanted);
        }
        if (wanted && said != null) {
            send(nic, said, new Neighbour(false, message.target(), nic.mac()).from(message.target(), packet.from()));
        }
        if (!message.solicits()) {
            listener.received(nic, packet);
        }
    }

    private void deliver(Nic nic, IpPacket packet, Udp datagram) {
        UdpService service = services.get(datagram.toPort());
        if (service != null) {
            service.received(nic, packet, datagram);
        } else {
            boolean v4 = packet.isV4();
            complain(packet, v4 ? Icmp.UNREACHABLE : Icmp.V6_UNREACHABLE, v4 ? Icmp.PORT : 4, 0);
        }
    }

    /** The first bytes of a packet that an error message is about; empty when the message is none. */
    public static Optional<IpAddress> targetOf(IpPacket complaint) {
        Icmp message = Icmp.of(complaint);
        boolean v4 = complaint.isV4();
        boolean error = message != null
                && (v4
                        ? message.type() == Icmp.UNREACHABLE || message.type() == Icmp.TIME_EXCEEDED
                        : message.type() < 128);
        int at = v4 ? 16 : 24;
        int length = v4 ? 4 : 16;
        if (message == null || !error || message.data().length < at + length) {
            return Optional.empty();
        }
        return Optional.of(Addresses.at(message.data(), at, length));
    }

    /** Answers each datagram with what it says. */
    public void echo() {
        serve(Udp.ECHO, (nic, packet, datagram) -> {
            Udp answer = new Udp(Udp.ECHO, datagram.fromPort(), datagram.data());
            if (!Addresses.isGroup(packet.to())) {
                send(answer.from(packet.to(), packet.from()));
            }
        });
        open(Udp.ECHO);
    }
}
