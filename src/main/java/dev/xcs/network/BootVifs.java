package dev.xcs.network;

import dev.xcs.device.DevicePaths;
import dev.xcs.device.Handshake;
import dev.xcs.device.HotplugScripts;
import dev.xcs.message.PrepareVifs;
import dev.xcs.message.ResumeVifs;
import dev.xcs.model.EmulatedCard;
import dev.xcs.model.HostLink;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.ProblemException;
import dev.xcs.model.StoreNode;
import dev.xcs.model.VifSpec;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The vifs that a domain boots with: got ready, placed, taken over and given back, and found again after a restart of the daemon. */
final class BootVifs {
    private static final Logger LOG = LoggerFactory.getLogger(BootVifs.class);

    private final VifTable table;
    private final Networks networks;
    private final Claims claims;
    private final StoredVifs stored;
    private final NativeNetwork devices;
    private final Handshake handshake;
    private final HotplugScripts scripts;
    private final Arrivals arrivals;
    private final Departures departures;

    BootVifs(
            VifTable table,
            Networks networks,
            Claims claims,
            StoredVifs stored,
            NativeNetwork devices,
            Handshake handshake,
            HotplugScripts scripts,
            Arrivals arrivals,
            Departures departures) {
        this.table = table;
        this.networks = networks;
        this.claims = claims;
        this.stored = stored;
        this.devices = devices;
        this.handshake = handshake;
        this.scripts = scripts;
        this.arrivals = arrivals;
        this.departures = departures;
    }

    /** All of them or none; gives them with their MAC addresses. */
    Future<List<VifSpec>> prepare(PrepareVifs ask) {
        DomainVifs vifs = table.open(new DomainVifs(ask.uuid(), ask.name()));
        return claims.strangers()
                .compose(strangers -> {
                    Future<Void> all = Future.succeededFuture();
                    for (int index = 0; index < ask.vifs().size(); index++) {
                        int number = index;
                        all = all.compose(any -> open(vifs, number, ask.vifs().get(number), strangers))
                                .recover(failure -> in("vifs[" + number + "]", failure))
                                .mapEmpty();
                    }
                    return all;
                })
                .compose(any -> table.has(vifs) ? serve(vifs) : Future.failedFuture(Gone.of(vifs)))
                .map(any -> vifs.specs())
                .recover(failure -> release(vifs).transform(any -> Future.failedFuture(failure)));
    }

    private static <T> Future<T> in(String element, Throwable failure) {
        var problem = ProblemException.of(failure);
        String field = problem.field();
        boolean placed = field == null || field.startsWith("vifs");
        return Future.failedFuture(placed ? failure : new ProblemException(problem.within(element + "."), failure));
    }

    /** Decides everything about a new vif, and keeps it from others. */
    Future<KeptVif> open(DomainVifs vifs, int index, VifSpec spec, Claims.Strangers strangers) {
        String script = spec.script();
        if (script != null) {
            scripts.check(script);
        }
        return nameFree(spec, strangers)
                .compose(any -> networks.place(spec, strangers.links()))
                .map(place -> {
                    MacAddress mac = claims.mac(vifs.uuid(), index, spec, strangers);
                    KeptVif vif = new KeptVif(index, spec, mac, place, spec.ip());
                    claims.refuseShared(vif, place, spec.ip());
                    vif.change(spec, place, networks.addresses(spec, place, mac, vifs.name()));
                    vifs.add(vif);
                    return vif;
                });
    }

    /** The interface of its former boot may be there still. */
    private Future<Void> nameFree(VifSpec spec, Claims.Strangers strangers) {
        String name = spec.vifname();
        if (name == null) {
            return Future.succeededFuture();
        }
        claims.refuseNamesake(name);
        Optional<HostLink> there = strangers.link(name);
        Future<Boolean> free = there.isPresent() && there.get().carriesVif()
                ? departures.await(name)
                : Future.succeededFuture(there.isEmpty());
        return free.compose(
                gone -> gone ? Future.succeededFuture() : Future.failedFuture(Claims.ofDom0("vifname", name)));
    }

    private Future<Void> serve(DomainVifs vifs) {
        List<Future<Void>> served = vifs.all().stream()
                .map(vif -> vif.place().network())
                .distinct()
                .flatMap(name -> networks.find(name).stream())
                .map(networks::serve)
                .toList();
        return Future.join(served).mapEmpty();
    }

    Future<List<StoreNode>> place(UUID uuid, int domid) {
        DomainVifs vifs = table.find(uuid);
        if (vifs == null) {
            return Future.succeededFuture(List.of());
        }
        vifs.bind(domid);
        return named(vifs)
                .map(any -> vifs.all().stream()
                        .flatMap(vif -> VifNodes.of(vifs.paths(vif), vif, false).stream())
                        .toList());
    }

    private Future<Void> named(DomainVifs vifs) {
        return Future.join(vifs.all().stream().map(vif -> named(vifs, vif)).toList())
                .mapEmpty();
    }

    Future<Void> named(DomainVifs vifs, KeptVif vif) {
        return devices.vifName(vifs.domid(), vif.index()).map(name -> {
            vif.bind(name);
            return null;
        });
    }

    /** Done when all are on their networks. */
    Future<Void> take(UUID uuid) {
        DomainVifs vifs = table.find(uuid);
        return vifs == null
                ? Future.succeededFuture()
                : Future.join(vifs.all().stream().map(vif -> take(vifs, vif)).toList())
                        .mapEmpty();
    }

    /** The back-end says by its state that there is an interface. */
    Future<Void> take(DomainVifs vifs, KeptVif vif) {
        DevicePaths paths = vifs.paths(vif);
        String script = vif.spec().script();
        vif.connected(true);
        return script == null
                ? handshake.ready(paths).compose(any -> arrivals.connect(vif.port(), vif::isConnected))
                : scripts.add(use(script, vifs, vif));
    }

    /** Its device model has made the cards of an HVM guest; quietly does nothing for a domain without vifs. */
    Future<Void> connectCards(UUID uuid) {
        DomainVifs vifs = table.find(uuid);
        return vifs == null
                ? Future.succeededFuture()
                : Future.join(vifs.all().stream()
                                .filter(vif -> EmulatedCard.isOf(vif.index(), vif.spec()))
                                .map(vif -> {
                                    vif.card(true);
                                    return connectCard(vifs, vif);
                                })
                                .toList())
                        .mapEmpty();
    }

    /** Quietly does nothing for a vif without one. */
    Future<Void> connectCard(DomainVifs vifs, KeptVif vif) {
        return vif.hasCard() ? devices.connect(vif.cardPort(vifs.domid())) : Future.succeededFuture();
    }

    private static HotplugScripts.Use use(String script, DomainVifs vifs, KeptVif vif) {
        String gatewayDev = vif.spec().gatewayDev();
        return new HotplugScripts.Use(
                script, vifs.paths(vif), String.valueOf(vif.interfaceName()), gatewayDev == null ? "" : gatewayDev);
    }

    /** The boot is dead and its nodes are there: scripts see those. Quietly does nothing for a domain without vifs. */
    Future<Void> end(UUID uuid, int domid) {
        DomainVifs vifs = table.find(uuid);
        return vifs == null || vifs.domid() != domid ? Future.succeededFuture() : disconnect(vifs);
    }

    private Future<Void> disconnect(DomainVifs vifs) {
        return Future.join(vifs.all().stream().map(vif -> disconnect(vifs, vif)).toList())
                .mapEmpty();
    }

    /** What was made in dom0 for it, beside its interface; once only. */
    Future<Void> disconnect(DomainVifs vifs, KeptVif vif) {
        if (!vif.isConnected()) {
            return Future.succeededFuture();
        }
        vif.connected(false);
        String script = vif.spec().script();
        Future<Void> undone = script == null
                ? devices.disconnect(String.valueOf(vif.interfaceName()))
                : scripts.remove(use(script, vifs, vif));
        return Future.join(undone, disconnectCard(vifs, vif))
                .<Void>mapEmpty()
                .onFailure(failure -> LOG.warn(
                        "What was made for {} is not all removed: {}", vifs.describe(vif), failure.getMessage()));
    }

    private Future<Void> disconnectCard(DomainVifs vifs, KeptVif vif) {
        return vif.hasCard()
                ? devices.disconnect(EmulatedCard.interfaceName(vifs.domid(), vif.index()))
                : Future.succeededFuture();
    }

    /** Quietly does nothing for a domain without vifs. */
    Future<Void> release(UUID uuid) {
        DomainVifs vifs = table.find(uuid);
        return vifs == null ? Future.succeededFuture() : release(vifs);
    }

    private Future<Void> release(DomainVifs vifs) {
        table.remove(vifs);
        return disconnect(vifs)
                .transform(
                        any -> Future.join(vifs.all().stream().map(this::leave).toList()))
                .mapEmpty();
    }

    Future<Void> leave(KeptVif vif) {
        return networks.leave(vif.place(), vif.mac());
    }

    /** The truth is what the guest has: what is written down otherwise is corrected by the answer. */
    Future<List<VifSpec>> resume(ResumeVifs ask) {
        DomainVifs vifs = table.open(new DomainVifs(ask.uuid(), ask.name()));
        vifs.bind(ask.domid());
        Future<List<StoredVif>> found = stored.of(ask.domid());
        Future<Claims.Strangers> strangers = claims.strangers();
        return Future.join(found, strangers)
                .compose(both -> Future.join(found.result().stream()
                        .map(vif -> resume(vifs, vif, written(ask.vifs(), vif), strangers.result()))
                        .toList()))
                .compose(any -> serve(vifs))
                .map(any -> vifs.specs());
    }

    /** By its address, as indexes have holes where vifs were detached; one that has none yet was written down before its first boot. */
    private static Optional<VifSpec> written(List<VifSpec> written, StoredVif found) {
        return written.stream()
                .filter(spec -> spec.mac() != null && found.mac().equals(Optional.of(spec.mac())))
                .findFirst()
                .or(() -> written.stream().skip(found.index()).findFirst().filter(spec -> spec.mac() == null));
    }

    /** What the nodes do not tell is as it was written down. */
    private Future<Void> resume(
            DomainVifs vifs, StoredVif found, Optional<VifSpec> written, Claims.Strangers strangers) {
        Optional<MacAddress> mac = found.mac();
        if (mac.isEmpty()) {
            LOG.warn("{} has no MAC address, so it is left alone", found.paths().backend());
            return Future.succeededFuture();
        }
        VifSpec spec = written.map(one -> truth(one, found, mac.get())).orElseGet(found::spec);
        return networks.place(spec, strangers.links())
                .compose(place -> resume(vifs, found, spec, mac.get(), place, strangers))
                .recover(failure -> {
                    LOG.warn("{} goes on as it is: {}", found.paths().backend(), failure.getMessage());
                    return Future.succeededFuture();
                });
    }

    private static VifSpec truth(VifSpec written, StoredVif found, MacAddress mac) {
        VifSpec stored = found.spec();
        return written.moved(stored.network(), stored.network() == null ? stored.bridge() : null)
                .withMac(mac)
                .withRate(stored.rate());
    }

    private Future<Void> resume(
            DomainVifs vifs, StoredVif found, VifSpec spec, MacAddress mac, Place place, Claims.Strangers strangers) {
        List<IpAddress> addresses = new ArrayList<>(found.addresses());
        networks.find(place.network())
                .filter(KeptNetwork::leasing)
                .ifPresent(network -> addresses.stream()
                        .filter(IpAddress::isV4)
                        .findFirst()
                        .ifPresent(ip -> network.put(mac, ip, vifs.name())));
        KeptVif vif = new KeptVif(found.index(), spec, mac, place, addresses);
        vifs.add(vif);
        vif.connected(true);
        vif.card(strangers
                .link(EmulatedCard.interfaceName(vifs.domid(), vif.index()))
                .isPresent());
        // A daemon that ended in the middle may have left it half on its network; one that is on it notices nothing.
        return named(vifs, vif).compose(any -> {
            if (found.isGivenUp()) {
                LOG.info("{} was being detached: it is gone now", vifs.describe(vif));
                return discard(vifs, vif);
            }
            return spec.script() == null ? again(vifs, vif, found) : Future.succeededFuture();
        });
    }

    /** Whatever there is of it. */
    Future<Void> discard(DomainVifs vifs, KeptVif vif) {
        vifs.remove(vif);
        return disconnect(vifs, vif)
                .transform(any -> vif.hasCard() ? removeCard(vifs, vif) : Future.succeededFuture())
                .transform(any -> handshake.removeNodes(vifs.paths(vif)))
                .compose(any -> leave(vif));
    }

    /** The guest keeps its end, as a card without a cable. */
    private Future<Void> removeCard(DomainVifs vifs, KeptVif vif) {
        return devices.removeCard(vifs.uuid(), vif.index())
                .onFailure(failure -> LOG.warn(
                        "The emulated card of {} is not removed: {}", vifs.describe(vif), failure.getMessage()));
    }

    private Future<Void> again(DomainVifs vifs, KeptVif vif, StoredVif found) {
        // In state 1 the back-end has not made the interface, from 6 on it takes it away.
        Future<Void> own = found.value("state").matches("[2-4]")
                ? arrivals.connect(vif.port(), vif::isConnected)
                : Future.succeededFuture();
        return own.compose(any -> connectCard(vifs, vif));
    }
}
