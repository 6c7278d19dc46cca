package dev.xcs.network;

import dev.xcs.message.ConnectVif;
import dev.xcs.message.DisconnectVif;
import dev.xcs.message.HostNetworksListed;
import dev.xcs.message.ListHostNetworks;
import dev.xcs.message.ListLinks;
import dev.xcs.message.ListXenDomains;
import dev.xcs.message.MakeHostNetwork;
import dev.xcs.message.NameVif;
import dev.xcs.message.ReadHost;
import dev.xcs.message.ReadVifStatistics;
import dev.xcs.message.RemoveCard;
import dev.xcs.message.RemoveHostNetwork;
import dev.xcs.message.ServeLeases;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.HostInfo;
import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.Lease;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifStatistics;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** What the network backend asks of those that see to interfaces: the native verticle, and of emulated cards the keeper of device models. */
final class NativeNetwork {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final EventBus bus;

    NativeNetwork(EventBus bus) {
        this.bus = bus;
    }

    Future<HostInfo> host() {
        return ReadHost.ADDRESS.ask(bus, new ReadHost(), TIMEOUT).map(read -> read.host());
    }

    /** Of every domain that Xen still has and that is not dead: what it had is nobody's, although Xen has not let go of it yet. */
    Future<Set<Integer>> domids() {
        return ListXenDomains.ADDRESS
                .ask(bus, new ListXenDomains(), TIMEOUT)
                .map(listed -> listed.domains().stream()
                        .filter(domain -> !domain.dying())
                        .map(DomainInfo::domid)
                        .collect(Collectors.toSet()));
    }

    Future<String> vifName(int domid, int index) {
        return NameVif.ADDRESS.ask(bus, new NameVif(domid, index), TIMEOUT).map(named -> named.name());
    }

    Future<List<HostLink>> links() {
        return ListLinks.ADDRESS.ask(bus, new ListLinks(), TIMEOUT).map(listed -> listed.links());
    }

    Future<Void> connect(VifPort port) {
        return ConnectVif.ADDRESS.ask(bus, new ConnectVif(port), TIMEOUT).mapEmpty();
    }

    Future<Void> disconnect(String name) {
        return DisconnectVif.ADDRESS.ask(bus, new DisconnectVif(name), TIMEOUT).mapEmpty();
    }

    Future<Void> removeCard(UUID uuid, int index) {
        return RemoveCard.ADDRESS.ask(bus, new RemoveCard(uuid, index), TIMEOUT).mapEmpty();
    }

    Future<Void> make(HostNetwork network) {
        return MakeHostNetwork.ADDRESS
                .ask(bus, new MakeHostNetwork(network), TIMEOUT)
                .mapEmpty();
    }

    Future<Void> remove(String network) {
        return RemoveHostNetwork.ADDRESS
                .ask(bus, new RemoveHostNetwork(network), TIMEOUT)
                .mapEmpty();
    }

    Future<HostNetworksListed> there() {
        return ListHostNetworks.ADDRESS.ask(bus, new ListHostNetworks(), TIMEOUT);
    }

    Future<Map<String, VifStatistics>> statistics(Set<String> names) {
        return names.isEmpty()
                ? Future.succeededFuture(Map.of())
                : ReadVifStatistics.ADDRESS
                        .ask(bus, new ReadVifStatistics(names), TIMEOUT)
                        .map(read -> read.statistics());
    }

    Future<Void> serve(String network, List<Lease> leases) {
        return ServeLeases.ADDRESS
                .ask(bus, new ServeLeases(network, leases), TIMEOUT)
                .mapEmpty();
    }
}
