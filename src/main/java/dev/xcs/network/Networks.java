package dev.xcs.network;

import dev.xcs.journal.NetworkDefinitions;
import dev.xcs.model.HostLink;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.NetworkClash;
import dev.xcs.model.NetworkKind;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.NetworkView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifSpec;
import dev.xcs.platform.Dom0;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The networks of this host: those of the configuration, and those that were asked for over the API. Not for several threads. */
final class Networks {
    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);

    /** Far more than a host has use for. */
    private static final int MAX_NETWORKS = 256;

    private final Vertx vertx;
    private final NativeNetwork devices;
    private final AddressServers servers;
    private final NetworkDefinitions definitions;
    private final VifTable table;
    private final @Nullable String standard;
    private final Dom0 dom0;
    private final Map<String, KeptNetwork> networks = new TreeMap<>();

    /** @param standard the network of a vif that names neither a network nor a bridge; null for the bridge that Xen's own tools take */
    Networks(
            Vertx vertx,
            NativeNetwork devices,
            AddressServers servers,
            NetworkDefinitions definitions,
            VifTable table,
            @Nullable String standard,
            Dom0 dom0) {
        this.vertx = vertx;
        this.devices = devices;
        this.servers = servers;
        this.definitions = definitions;
        this.table = table;
        this.standard = standard;
        this.dom0 = dom0;
    }

    /** What is known is made or mended. A network that cannot be made is shown so, and tried again when a vif wants to be on it. */
    Future<Void> start(List<NetworkSpec> configured) {
        configured.forEach(spec -> keep(new KeptNetwork(spec, NetworkView.Origin.CONFIG, dom0)));
        return vertx.executeBlocking(definitions::load, false).compose(asked -> {
            asked.forEach(this::keepAsked);
            List<Future<Void>> made = networks.values().stream()
                    .map(network -> made(network).otherwiseEmpty())
                    .toList();
            return Future.join(made).mapEmpty();
        });
    }

    private void keepAsked(NetworkSpec spec) {
        Optional<Problem> clash = clash(spec);
        if (clash.isPresent()) {
            LOG.error("The network {} is left out: {}", spec.name(), clash.get().detail());
        } else {
            keep(new KeptNetwork(spec, NetworkView.Origin.API, dom0));
        }
    }

    private void keep(KeptNetwork network) {
        networks.put(network.name(), network);
    }

    /** What a network has is taken as it is; what failed is tried again. */
    private Future<Void> made(KeptNetwork network) {
        if (network.made().failed()) {
            network.making(make(network)
                    .onFailure(failure ->
                            LOG.error("The network {} does not work: {}", network.name(), failure.getMessage())));
        }
        return network.made();
    }

    private Future<Void> make(KeptNetwork network) {
        return present(network).compose(any -> devices.make(network.host())).compose(any -> serveAnew(network));
    }

    /** Somebody else's bridge has to be there; its uplink too. */
    private Future<Void> present(KeptNetwork network) {
        NetworkSpec spec = network.spec();
        return devices.links().map(links -> {
            String bridge = network.bridge();
            if (bridge != null && !spec.create() && spec.kind() == NetworkKind.BRIDGE) {
                refuseNoBridge("bridge", bridge, links);
            }
            if (spec.uplink() != null && find(links, spec.uplink()).isEmpty()) {
                throw Problem.invalidField("uplink", spec.uplink(), "an interface of dom0")
                        .toException();
            }
            return null;
        });
    }

    private static void refuseNoBridge(String field, String bridge, List<HostLink> links) {
        if (find(links, bridge).filter(HostLink::bridge).isEmpty()) {
            throw Problem.invalidField(field, bridge, "a bridge of dom0").toException();
        }
    }

    private static Optional<HostLink> find(List<HostLink> links, String name) {
        return links.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    private Future<Void> serveAnew(KeptNetwork network) {
        IpAddress address = network.address();
        return network.leasing() && address != null
                ? servers.start(network.spec(), network.hostSide(), address, network.leases())
                : Future.succeededFuture();
    }

    /** When its guests are others than they were. */
    Future<Void> serve(KeptNetwork network) {
        return network.leasing() ? servers.serve(network.name(), network.leases()) : Future.succeededFuture();
    }

    /** @throws ProblemException of the field {@code name} */
    KeptNetwork get(String name) {
        KeptNetwork network = networks.get(name);
        if (network == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "name: " + Problem.quote(name) + " is no network of this host")
                    .withField("name")
                    .toException();
        }
        return network;
    }

    Optional<KeptNetwork> find(@Nullable String name) {
        return name == null ? Optional.empty() : Optional.ofNullable(networks.get(name));
    }

    /** Where a vif is to be, which is ready for it then. */
    Future<Place> place(VifSpec spec, List<HostLink> links) {
        String name = spec.network() == null && spec.bridge() == null ? standard : spec.network();
        if (name == null) {
            String bridge = spec.bridge() == null ? dom0.defaultBridge() : spec.bridge();
            if (spec.script() == null) {
                refuseNoBridge("bridge", bridge, links);
            }
            return Future.succeededFuture(onBridge(bridge, links));
        }
        KeptNetwork network = networks.get(name);
        if (network == null) {
            throw Problem.invalidField("network", name, "one of " + names()).toException();
        }
        refuseWithoutRoute(spec, network);
        return made(network)
                .map(any -> network.place())
                .recover(failure -> Future.failedFuture(Problem.of(
                                ProblemType.IMPOSSIBLE,
                                "network: " + Problem.quote(name) + " does not work: " + failure.getMessage())
                        .withField("network")
                        .toException()));
    }

    /** A vif on somebody's bridge has the bridge's MTU. */
    private static Place onBridge(String bridge, List<HostLink> links) {
        return find(links, bridge)
                .map(link -> new Place(null, NetworkKind.BRIDGE, bridge, null, null, link.mtu()))
                .orElseGet(() -> Place.onBridge(bridge));
    }

    private String names() {
        return networks.isEmpty()
                ? "the networks of this host, of which there are none"
                : String.join(", ", networks.keySet());
    }

    private static void refuseWithoutRoute(VifSpec spec, KeptNetwork network) {
        NetworkSpec wanted = network.spec();
        if (wanted.kind() == NetworkKind.ROUTED && spec.ip().isEmpty()) {
            throw Problem.invalidField("ip", null, "the addresses that " + network.name() + " is to route to it")
                    .toException();
        }
        var subnet = wanted.subnet();
        if (subnet == null) {
            return;
        }
        for (IpAddress ip : spec.ip()) {
            if (ip.bits() == subnet.base().bits() && !isGuests(network, ip)) {
                throw Problem.invalidField(
                                "ip", ip, "an address for a guest in " + subnet + ", the subnet of " + network.name())
                        .toException();
            }
        }
    }

    private static boolean isGuests(KeptNetwork network, IpAddress ip) {
        var subnet = Objects.requireNonNull(network.spec().subnet());
        boolean routed = network.spec().kind() == NetworkKind.ROUTED;
        boolean kept = ip.equals(subnet.base())
                || ip.equals(network.address())
                || ip.equals(subnet.at(subnet.size().longValue() - 1));
        return subnet.contains(ip) && (routed || !kept);
    }

    /** The addresses of a vif there: its own, or one from the network. */
    List<IpAddress> addresses(VifSpec spec, Place place, MacAddress mac, String domain) {
        Optional<KeptNetwork> network = find(place.network()).filter(KeptNetwork::leasing);
        if (network.isEmpty()) {
            return spec.ip();
        }
        Optional<IpAddress> asked = spec.ip().stream().filter(IpAddress::isV4).findFirst();
        if (asked.isPresent()) {
            network.get().put(mac, asked.get(), domain);
            return spec.ip();
        }
        List<IpAddress> all = new ArrayList<>(spec.ip());
        all.add(network.get().lease(mac, domain).ip());
        return List.copyOf(all);
    }

    /** A vif is there no more, or never came. */
    Future<Void> leave(Place place, MacAddress mac) {
        return find(place.network())
                .filter(network -> network.release(mac))
                .map(this::serve)
                .orElseGet(Future::succeededFuture);
    }

    List<NetworkView> views() {
        return networks.values().stream().map(this::view).toList();
    }

    private NetworkView view(KeptNetwork network) {
        return network.view(table.on(network.name()));
    }

    /** Done when it works; a network that cannot be made is none. */
    Future<NetworkView> create(NetworkSpec spec) {
        if (networks.size() >= MAX_NETWORKS) {
            throw Problem.of(ProblemType.TOO_MANY, "There are " + MAX_NETWORKS + " networks, and that is the limit")
                    .toException();
        }
        clash(spec).ifPresent(problem -> {
            throw problem.withType(ProblemType.CONFLICT).toException();
        });
        KeptNetwork network = new KeptNetwork(spec, NetworkView.Origin.API, dom0);
        keep(network);
        Future<Void> room = devices.links().map(links -> free(spec, network, links));
        network.making(room.compose(any -> make(network)).compose(any -> saved(spec)));
        return network.made().map(any -> view(network)).recover(failure -> {
            networks.remove(spec.name(), network);
            // Where there is no room nothing was made, and what there is of that name is not this one's.
            Future<Void> undone = room.failed() ? Future.succeededFuture() : unmake(network);
            return undone.transform(any -> Future.failedFuture(failure));
        });
    }

    /** What dom0 has beside xcsd's networks. */
    private static @Nullable Void free(NetworkSpec spec, KeptNetwork network, List<HostLink> links) {
        String bridge = network.bridge();
        if (spec.create() && bridge != null) {
            if (find(links, bridge)
                    .filter(link -> !spec.name().equals(link.network()))
                    .isPresent()) {
                throw taken("bridge", bridge, "an interface of dom0 that xcsd did not make");
            }
        }
        var subnet = spec.subnet();
        if (subnet != null && spec.kind() == NetworkKind.NAT) {
            links.stream()
                    .filter(link -> !spec.name().equals(link.network()))
                    .filter(link -> link.addresses().stream().anyMatch(subnet::contains))
                    .findFirst()
                    .ifPresent(link -> {
                        throw taken("subnet", subnet, "dom0's interface " + link.name());
                    });
        }
        return null;
    }

    private Future<Void> saved(NetworkSpec spec) {
        return vertx.executeBlocking(
                () -> {
                    definitions.save(spec);
                    return null;
                },
                true);
    }

    private static RuntimeException taken(String field, Object value, String holder) {
        return Problem.of(
                        ProblemType.CONFLICT,
                        field + ": " + Problem.quote(value.toString()) + " is that of " + holder
                                + ", expected one that nobody else has")
                .withField(field)
                .toException();
    }

    /** What another network of xcsd has already. */
    private Optional<Problem> clash(NetworkSpec spec) {
        return networks.values().stream()
                .flatMap(other -> NetworkClash.between(spec, other.spec()).stream())
                .findFirst();
    }

    /** Nobody may be on it; those of the configuration stay. */
    Future<Void> delete(String name) {
        KeptNetwork network = get(name);
        if (network.origin() == NetworkView.Origin.CONFIG) {
            throw Problem.of(
                            ProblemType.CONFLICT,
                            "name: " + Problem.quote(name)
                                    + " is a network of the configuration, expected one that was made "
                                    + "over the API")
                    .withField("name")
                    .toException();
        }
        int vifs = table.on(name);
        if (vifs > 0) {
            throw Problem.of(
                            ProblemType.CONFLICT,
                            "name: " + Problem.quote(name) + " has " + vifs
                                    + " vifs on it, expected one that nobody uses")
                    .withField("name")
                    .withCause(table.holder(null, vif -> name.equals(vif.place().network()))
                                    .orElse("a vif") + " is one")
                    .toException();
        }
        networks.remove(name);
        // One that is being made would come into being behind its removal.
        return network.made()
                .transform(any -> unmake(network))
                .compose(any -> vertx.<Void>executeBlocking(
                        () -> {
                            definitions.remove(name);
                            return null;
                        },
                        true))
                .onFailure(failure -> networks.putIfAbsent(name, network));
    }

    private Future<Void> unmake(KeptNetwork network) {
        return servers.stop(network.name()).compose(any -> devices.remove(network.name()));
    }

    /**
     * Removes what an earlier run made for networks that are none any more.
     *
     * @param used networks that guests are on all the same: those stay
     */
    Future<Void> tidy(Collection<String> used) {
        Set<String> known = new HashSet<>(networks.keySet());
        known.addAll(used);
        return servers.tidy(known).compose(any -> devices.there()).compose(there -> {
            List<Future<Void>> removed = there.networks().stream()
                    .filter(name -> !known.contains(name))
                    .map(name -> {
                        LOG.info("What was made for {} is removed: it is no network any more", name);
                        return devices.remove(name);
                    })
                    .toList();
            return Future.join(removed).mapEmpty();
        });
    }
}
