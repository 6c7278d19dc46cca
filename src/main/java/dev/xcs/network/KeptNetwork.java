package dev.xcs.network;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.MacAddress;
import dev.xcs.model.NetworkKind;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.NetworkView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.Subnet;
import dev.xcs.platform.Dom0;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One network of this host, and the addresses that its guests have from it. */
final class KeptNetwork {
    private final NetworkSpec spec;
    private final NetworkView.Origin origin;
    private final Dom0 dom0;
    private final Map<MacAddress, Lease> leases = new LinkedHashMap<>();
    private Future<Void> made = Future.failedFuture("not made yet");

    KeptNetwork(NetworkSpec spec, NetworkView.Origin origin, Dom0 dom0) {
        this.spec = spec;
        this.origin = origin;
        this.dom0 = dom0;
    }

    NetworkSpec spec() {
        return spec;
    }

    String name() {
        return spec.name();
    }

    NetworkView.Origin origin() {
        return origin;
    }

    /** As far as it has come: done when guests can be on it. */
    Future<Void> made() {
        return made;
    }

    void making(Future<Void> now) {
        made = now;
    }

    /** Null for a routed network. */
    @Nullable
    String bridge() {
        return spec.kind() == NetworkKind.ROUTED || spec.bridge() != null
                ? spec.bridge()
                : dom0.bridgeName(spec.name());
    }

    /** The interface that dom0 has its address by, where it has one. */
    String hostSide() {
        return dom0.hostSide(Objects.requireNonNull(bridge(), "a network with an address of dom0 has a bridge"));
    }

    /** Dom0's own: the first after the network's. */
    @Nullable
    IpAddress address() {
        Subnet subnet = spec.subnet();
        return spec.kind() == NetworkKind.NAT && subnet != null ? subnet.at(1) : null;
    }

    Place place() {
        return new Place(
                spec.name(),
                spec.kind(),
                bridge(),
                spec.kind() == NetworkKind.OPENVSWITCH ? spec.vlan() : null,
                spec.kind() == NetworkKind.ROUTED ? spec.uplink() : null,
                mtu());
    }

    private int mtu() {
        return Objects.requireNonNullElse(spec.mtu(), Place.DEFAULT_MTU);
    }

    /** What there is to be of it in dom0. */
    HostNetwork host() {
        Subnet subnet = spec.subnet();
        boolean nat = spec.kind() == NetworkKind.NAT;
        return new HostNetwork(
                spec.name(),
                spec.create() ? bridge() : null,
                spec.kind() == NetworkKind.OPENVSWITCH,
                MacAddress.ofName("xcs " + spec.name()),
                address(),
                nat && subnet != null ? subnet.prefix() : 0,
                mtu(),
                spec.uplink(),
                spec.kind() == NetworkKind.BRIDGE ? spec.vlan() : null,
                nat ? subnet : null,
                spec.forwards(),
                spec.kind() == NetworkKind.ROUTED || nat);
    }

    Collection<Lease> leases() {
        return List.copyOf(leases.values());
    }

    /** Whether its guests are given addresses. */
    boolean leasing() {
        return spec.kind() == NetworkKind.NAT && spec.dhcp();
    }

    /**
     * The address of a guest that asks for none in particular: by its MAC address, so that it is mostly the same again, and otherwise the next
     * that is free.
     */
    Lease lease(MacAddress mac, String name) {
        Lease had = leases.get(mac);
        if (had != null) {
            return had;
        }
        Subnet subnet = Objects.requireNonNull(spec.subnet(), "a NAT network has one");
        // Neither the network's own, nor dom0's, nor the one for broadcasts.
        long choices = subnet.size().longValueExact() - 3;
        long begin = Integer.toUnsignedLong(mac.hashCode()) % Math.max(1, choices);
        for (long i = 0; i < choices; i++) {
            IpAddress ip = subnet.at(2 + (begin + i) % choices);
            if (leases.values().stream().noneMatch(lease -> lease.ip().equals(ip))) {
                return put(mac, ip, name);
            }
        }
        throw Problem.of(
                        ProblemType.TOO_MANY,
                        "network: " + Problem.quote(spec.name()) + " has no free address, all " + choices + " of "
                                + subnet + " are taken")
                .withField("network")
                .toException();
    }

    /** An address that a guest asks for, or has from before. */
    Lease put(MacAddress mac, IpAddress ip, String name) {
        boolean named = leases.values().stream()
                .noneMatch(lease -> name.equals(lease.name()) && !lease.mac().equals(mac));
        Lease lease = new Lease(mac, ip, named ? name : null);
        leases.put(mac, lease);
        return lease;
    }

    boolean release(MacAddress mac) {
        return leases.remove(mac) != null;
    }

    NetworkView view(int vifs) {
        @Nullable Throwable failure = made.cause();
        return NetworkView.of(
                spec,
                origin,
                bridge(),
                address(),
                vifs,
                failure == null ? null : failure.getMessage(),
                List.copyOf(leases.values()));
    }
}
