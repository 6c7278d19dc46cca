package dev.xcs.network;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.message.ConnectVif;
import dev.xcs.message.DisconnectVif;
import dev.xcs.message.Done;
import dev.xcs.message.HostNetworksListed;
import dev.xcs.message.HostRead;
import dev.xcs.message.LinksListed;
import dev.xcs.message.ListHostNetworks;
import dev.xcs.message.ListLinks;
import dev.xcs.message.ListXenDomains;
import dev.xcs.message.MakeHostNetwork;
import dev.xcs.message.NameVif;
import dev.xcs.message.ReadHost;
import dev.xcs.message.ReadVifStatistics;
import dev.xcs.message.RemoveHostNetwork;
import dev.xcs.message.ServeLeases;
import dev.xcs.message.VifNamed;
import dev.xcs.message.VifStatisticsRead;
import dev.xcs.message.XenDomainsListed;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The simulated host's network, asked for by messages, each of which can be made to wait: so a daemon can be ended in the middle. */
final class GatedDom0 {
    final NetworkDevices devices;

    /** The names of the messages that came, as they came. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    private final EventBus bus;
    private final Map<String, Future<Void>> before = new ConcurrentHashMap<>();
    private final Map<String, Future<Void>> after = new ConcurrentHashMap<>();

    GatedDom0(EventBus bus, SimHost host) {
        this.bus = bus;
        this.devices = host.hypervisor().networkDevices();
        answer(ReadHost.ADDRESS, ask -> new HostRead(host.hypervisor().host()));
        answer(
                ListXenDomains.ADDRESS,
                ask -> new XenDomainsListed(host.hypervisor().domains().list()));
        answer(NameVif.ADDRESS, ask -> new VifNamed(devices.vifName(ask.domid(), ask.index())));
        answer(ListLinks.ADDRESS, ask -> new LinksListed(devices.links()));
        answer(ListHostNetworks.ADDRESS, ask -> new HostNetworksListed(devices.made(), devices.guarded()));
        answer(ReadVifStatistics.ADDRESS, ask -> new VifStatisticsRead(devices.statistics(ask.names())));
        carryOut(ConnectVif.ADDRESS, ask -> () -> devices.connect(ask.port()));
        carryOut(DisconnectVif.ADDRESS, ask -> () -> devices.disconnect(ask.name()));
        carryOut(MakeHostNetwork.ADDRESS, ask -> () -> devices.make(ask.network()));
        carryOut(RemoveHostNetwork.ADDRESS, ask -> () -> devices.remove(ask.name()));
        carryOut(ServeLeases.ADDRESS, ask -> () -> devices.serve(ask.network(), ask.leases()));
    }

    /** Messages to that address are carried out only when that is done. */
    void holdBefore(Address<?, ?> address, Future<Void> gate) {
        before.put(address.name(), gate);
    }

    /** Messages to that address are carried out, but not answered until that is done. */
    void holdAfter(Address<?, ?> address, Future<Void> gate) {
        after.put(address.name(), gate);
    }

    void release() {
        before.clear();
        after.clear();
    }

    boolean wasAsked(Address<?, ?> address) {
        return asked.contains(address.name());
    }

    private <Q extends BusMessage> void carryOut(Address<Q, Done> address, Function<Q, Runnable> work) {
        answer(address, ask -> {
            work.apply(ask).run();
            return new Done();
        });
    }

    private <Q extends BusMessage, R extends BusMessage> void answer(Address<Q, R> address, Function<Q, R> answerer) {
        address.answer(bus, ask -> {
            Future<R> done = before.getOrDefault(address.name(), Future.succeededFuture())
                    .map(any -> answerer.apply(ask));
            asked.add(address.name());
            Future<Void> gate = after.getOrDefault(address.name(), Future.succeededFuture());
            return done.compose(answer -> gate.map(answer));
        });
    }
}
