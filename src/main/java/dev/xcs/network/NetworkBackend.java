package dev.xcs.network;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.config.DaemonConfig.NetworkConfig;
import dev.xcs.device.Handshake;
import dev.xcs.device.HotplugScripts;
import dev.xcs.journal.NetworkDefinitions;
import dev.xcs.message.AlterVif;
import dev.xcs.message.ConnectCards;
import dev.xcs.message.CountVifs;
import dev.xcs.message.CreateNetwork;
import dev.xcs.message.DeleteNetwork;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.Done;
import dev.xcs.message.EndVifs;
import dev.xcs.message.FetchNetworks;
import dev.xcs.message.NetworkShown;
import dev.xcs.message.NetworksShown;
import dev.xcs.message.PlaceVifs;
import dev.xcs.message.PlugVif;
import dev.xcs.message.PrepareVifs;
import dev.xcs.message.ReleaseVifs;
import dev.xcs.message.ResumeVifs;
import dev.xcs.message.ShowVifs;
import dev.xcs.message.TakeVifs;
import dev.xcs.message.UnplugVif;
import dev.xcs.message.VifShown;
import dev.xcs.message.VifsCounted;
import dev.xcs.message.VifsPlaced;
import dev.xcs.message.VifsPrepared;
import dev.xcs.message.VifsResumed;
import dev.xcs.message.VifsShown;
import dev.xcs.model.EmulatedCard;
import dev.xcs.platform.Dom0;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the networks of this host and the vifs of domains. For a new boot it decides addresses and says which nodes it wants; the domain's one
 * transaction writes them, and from then on the vifs are its own, until it is told that the boot is gone. For a domain that runs it does all of it.
 */
public final class NetworkBackend extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkBackend.class);

    private final Xenstore store;
    private final NetworkConfig config;
    private final NetworkDefinitions definitions;
    private final List<Future<Void>> listening = new ArrayList<>();
    private @Nullable AddressServers servers;

    public NetworkBackend(Xenstore xenstore, NetworkConfig config, NetworkDefinitions definitions) {
        this.store = xenstore;
        this.config = config;
        this.definitions = definitions;
    }

    @Override
    public Future<?> start() {
        NativeNetwork devices = new NativeNetwork(vertx.eventBus());
        return devices.host().compose(host -> {
            AddressServers chosen = host.simulated()
                    ? new NativeServers(devices)
                    : new DnsmasqServers(vertx, config.dnsmasq(), config.runDirectory());
            servers = chosen;
            VifTable table = new VifTable();
            Networks networks = new Networks(
                    vertx,
                    devices,
                    chosen,
                    definitions,
                    table,
                    config.defaultNetwork().orElse(null),
                    Dom0.of(host.dom0()));
            return networks.start(config.networks())
                    .compose(any -> tidy(networks, devices))
                    .compose(any -> serve(table, networks, devices, Dom0.of(host.dom0())));
        });
    }

    /** What nobody is there for any more: of networks that are none, and of vifs whose domains died while no daemon looked. */
    private Future<Void> tidy(Networks networks, NativeNetwork devices) {
        StoredVifs stored = new StoredVifs(store);
        Handshake handshake = new Handshake(vertx, store);
        return devices.domids()
                .compose(living -> stored.ofAll(domid -> true).compose(vifs -> {
                    Set<String> used = new HashSet<>();
                    List<Future<Void>> removed = new ArrayList<>();
                    Set<String> alive = new HashSet<>();
                    List<Future<?>> names = new ArrayList<>();
                    for (StoredVif vif : vifs) {
                        if (living.contains(vif.domid())) {
                            used.add(vif.value(StoredVif.NETWORK));
                            names.add(devices.vifName(vif.domid(), vif.index()).onSuccess(alive::add));
                            alive.add(vif.value("vifname"));
                            alive.add(EmulatedCard.interfaceName(vif.domid(), vif.index()));
                        } else if (vif.values().containsKey(StoredVif.NETWORK)) {
                            removed.add(handshake.removeNodes(vif.paths()));
                        }
                    }
                    return Future.join(names)
                            .compose(any -> Future.join(removed))
                            .compose(any -> devices.there())
                            .compose(there -> Future.join(there.guarded().stream()
                                    .filter(name -> !alive.contains(name))
                                    .map(devices::disconnect)
                                    .toList()))
                            .compose(any -> networks.tidy(used));
                }))
                .recover(failure -> {
                    LOG.warn("What an earlier run left is not tidied away: {}", failure.getMessage());
                    return Future.succeededFuture();
                });
    }

    private Future<?> serve(VifTable table, Networks networks, NativeNetwork devices, Dom0 dom0) {
        StoredVifs stored = new StoredVifs(store);
        Claims claims = new Claims(table, stored, devices);
        Handshake handshake = new Handshake(vertx, store);
        HotplugScripts scripts = new HotplugScripts(vertx, store, dom0, config.scriptDirectory());
        Departures departures = new Departures(vertx, devices);
        Arrivals arrivals = new Arrivals(vertx, devices);
        BootVifs boot =
                new BootVifs(table, networks, claims, stored, devices, handshake, scripts, arrivals, departures);
        VifViews views = new VifViews(table, stored, devices);
        LiveVifs live = new LiveVifs(store, table, boot, networks, claims, devices, views, handshake, departures);
        answer(PrepareVifs.ADDRESS, ask -> boot.prepare(ask).map(VifsPrepared::new));
        answer(PlaceVifs.ADDRESS, ask -> boot.place(ask.uuid(), ask.domid()).map(VifsPlaced::new));
        answer(TakeVifs.ADDRESS, ask -> boot.take(ask.uuid()).map(new Done()));
        answer(ConnectCards.ADDRESS, ask -> boot.connectCards(ask.uuid()).map(new Done()));
        answer(EndVifs.ADDRESS, ask -> boot.end(ask.uuid(), ask.domid()).map(new Done()));
        answer(ReleaseVifs.ADDRESS, ask -> boot.release(ask.uuid()).map(new Done()));
        answer(ResumeVifs.ADDRESS, ask -> boot.resume(ask).map(VifsResumed::new));
        answer(PlugVif.ADDRESS, ask -> live.plug(ask).map(VifShown::new));
        answer(UnplugVif.ADDRESS, ask -> live.unplug(ask).map(new Done()));
        answer(AlterVif.ADDRESS, live::alter);
        answer(ShowVifs.ADDRESS, ask -> views.show(ask).map(VifsShown::new));
        answer(CountVifs.ADDRESS, ask -> views.count().map(VifsCounted::new));
        answer(FetchNetworks.ADDRESS, ask -> Future.succeededFuture(new NetworksShown(networks.views())));
        answer(CreateNetwork.ADDRESS, ask -> networks.create(ask.network()).map(NetworkShown::new));
        answer(DeleteNetwork.ADDRESS, ask -> networks.delete(ask.name()).map(new Done()));
        // Also guests of other toolstacks may have got vifs from us.
        listening.add(DomainChanged.ADDRESS
                .listen(vertx.eventBus(), changed -> {
                    if (changed.gone()) {
                        boot.release(changed.domain().uuid())
                                .onFailure(failure -> LOG.warn("Vifs are not given back: {}", failure.getMessage()));
                    }
                })
                .completion());
        return Future.all(listening);
    }

    private <Q extends BusMessage, R extends BusMessage> void answer(
            Address<Q, R> address, Function<Q, Future<R>> answerer) {
        listening.add(address.answer(vertx.eventBus(), answerer).completion());
    }

    /** Guests keep their networks. */
    @Override
    public Future<?> stop() {
        if (servers != null) {
            servers.close();
        }
        return Future.succeededFuture();
    }
}
