package dev.xcs.network;

import dev.xcs.device.DevicePaths;
import dev.xcs.device.Handshake;
import dev.xcs.message.AlterVif;
import dev.xcs.message.PlugVif;
import dev.xcs.message.UnplugVif;
import dev.xcs.message.VifAltered;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifSpec;
import dev.xcs.model.VifView;
import dev.xcs.xenstore.Change;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Attaches, detaches and changes vifs of domains that are booted. */
final class LiveVifs {
    private static final Logger LOG = LoggerFactory.getLogger(LiveVifs.class);

    private final Xenstore store;
    private final VifTable table;
    private final BootVifs boot;
    private final Networks networks;
    private final Claims claims;
    private final NativeNetwork devices;
    private final VifViews views;
    private final Handshake handshake;
    private final Departures departures;

    LiveVifs(
            Xenstore store,
            VifTable table,
            BootVifs boot,
            Networks networks,
            Claims claims,
            NativeNetwork devices,
            VifViews views,
            Handshake handshake,
            Departures departures) {
        this.store = store;
        this.table = table;
        this.boot = boot;
        this.networks = networks;
        this.claims = claims;
        this.devices = devices;
        this.views = views;
        this.handshake = handshake;
        this.departures = departures;
    }

    /** Done when the guest has it, or at once if it cannot take it now. A guest that does not take it does not keep it. */
    Future<VifView> plug(PlugVif ask) {
        DomainVifs vifs = vifs(ask.uuid(), ask.name(), ask.domid());
        return free(vifs)
                .compose(index -> claims.strangers().compose(strangers -> boot.open(vifs, index, ask.vif(), strangers)))
                .compose(vif -> plug(vifs, vif, ask.await())
                        .recover(failure -> discard(vifs, vif).transform(undone -> Future.failedFuture(failure)))
                        .compose(any -> views.show(vifs, vif)));
    }

    private DomainVifs vifs(UUID uuid, String name, int domid) {
        DomainVifs known = table.find(uuid);
        if (known != null && known.domid() == domid) {
            return known;
        }
        if (known != null) {
            // Of an older boot, which nobody told us has gone: a stranger's.
            boot.release(uuid)
                    .onFailure(failure -> LOG.warn("Vifs of {} are not given back: {}", name, failure.getMessage()));
        }
        DomainVifs fresh = table.open(new DomainVifs(uuid, name));
        fresh.bind(domid);
        return fresh;
    }

    /** The lowest index that nobody has, be it another toolstack's. */
    private Future<Integer> free(DomainVifs vifs) {
        return store.list("/local/domain/" + vifs.domid() + "/device/" + KeptVif.KIND)
                .map(taken -> {
                    int index = 0;
                    while (vifs.find(index) != null || taken.contains(Integer.toString(index))) {
                        index++;
                    }
                    return index;
                });
    }

    private Future<Void> plug(DomainVifs vifs, KeptVif vif, boolean await) {
        DevicePaths paths = vifs.paths(vif);
        return networks.find(vif.place().network())
                .map(networks::serve)
                .orElseGet(Future::succeededFuture)
                .compose(any -> boot.named(vifs, vif))
                .compose(any -> handshake.introduce(paths, VifNodes.of(paths, vif, true)))
                .compose(any -> boot.take(vifs, vif))
                .compose(any -> vif.spec().script() == null ? told(paths) : Future.succeededFuture())
                .compose(any -> await ? connected(vifs, vif) : Future.succeededFuture());
    }

    /** From now on the back-end may let frames pass. */
    private Future<Void> told(DevicePaths paths) {
        return store.write(paths.backend() + "/" + VifNodes.HOTPLUG_STATUS, VifNodes.CONNECTED);
    }

    private Future<Void> connected(DomainVifs vifs, KeptVif vif) {
        return handshake
                .connected(vifs.paths(vif))
                .recover(failure -> tooSlow(
                        failure,
                        vifs.name() + " did not take vif " + vif.index() + " within " + Handshake.CONNECT.toSeconds()
                                + " s",
                        "its kernel has no driver for Xen's network interfaces, is not booted that far, or hangs; the"
                                + " vif was taken away again"));
    }

    private static Future<Void> tooSlow(Throwable failure, String detail, String cause) {
        return ProblemException.of(failure).type() == ProblemType.TIMEOUT
                ? Future.failedFuture(Problem.of(ProblemType.TIMEOUT, detail)
                        .withField("index")
                        .withCause(cause)
                        .asRetryable()
                        .toException())
                : Future.failedFuture(failure);
    }

    /** Done when the guest has given it up and nothing of it is left; by force also when it does not. */
    Future<Void> unplug(UnplugVif ask) {
        DomainVifs vifs = table.find(ask.uuid());
        KeptVif vif = vifs == null || vifs.domid() != ask.domid() ? null : vifs.find(ask.index());
        DevicePaths paths = new DevicePaths(KeptVif.KIND, ask.domid(), ask.index());
        Future<Void> there = vif != null ? Future.succeededFuture() : strangers(paths);
        return there.compose(any -> handshake.closed(paths))
                .recover(failure -> ask.force() && ProblemException.of(failure).type() == ProblemType.TIMEOUT
                        ? Future.succeededFuture()
                        : tooSlow(
                                failure,
                                "The guest did not give vif " + ask.index() + " up within "
                                        + Handshake.CLOSE.toSeconds() + " s; it is asked for still",
                                "the guest hangs or is paused; force takes it away all the same"))
                .compose(any -> vifs != null && vif != null ? discard(vifs, vif) : handshake.removeNodes(paths));
    }

    private Future<Void> strangers(DevicePaths paths) {
        return store.read(paths.backend() + "/frontend")
                .compose(there -> there.isPresent()
                        ? Future.succeededFuture()
                        : Future.failedFuture(DomainVifs.notFound("domid " + paths.domid(), paths.number())
                                .toException()));
    }

    /** Whatever there is of it. */
    private Future<Void> discard(DomainVifs vifs, KeptVif vif) {
        String name = vif.interfaceName();
        return boot.discard(vifs, vif)
                // Its index can be used again only then.
                .compose(any -> name == null
                        ? Future.succeededFuture()
                        : departures.await(name).mapEmpty());
    }

    /** Done when it is as wanted; what cannot be leaves it as it was. */
    Future<VifAltered> alter(AlterVif ask) {
        DomainVifs vifs = table.find(ask.uuid());
        if (vifs == null || vifs.domid() != ask.domid()) {
            throw DomainVifs.notFound(ask.uuid().toString(), ask.index()).toException();
        }
        KeptVif vif = vifs.get(ask.index());
        if (vif.spec().script() != null) {
            throw Problem.of(
                            ProblemType.CONFLICT,
                            "index: " + ask.index() + " was put on its network by "
                                    + vif.spec().script() + ", expected a vif without a script")
                    .withField("index")
                    .toException();
        }
        VifSpec wanted = ask.change().appliedTo(vif.spec());
        return claims.strangers()
                .compose(strangers -> networks.place(wanted, strangers.links()).map(place -> {
                    claims.refuseShared(vif, place, wanted.ip());
                    return place;
                }))
                .compose(place -> alter(vifs, vif, wanted, place))
                .compose(any -> views.show(vifs, vif).map(view -> new VifAltered(vif.kept(), view)));
    }

    private Future<Void> alter(DomainVifs vifs, KeptVif vif, VifSpec wanted, Place place) {
        VifSpec before = vif.spec();
        Place from = vif.place();
        List<IpAddress> had = vif.addresses();
        boolean moved = !from.describe().equals(place.describe());
        vif.change(wanted, place, networks.addresses(wanted, place, vif.mac(), vifs.name()));
        return networks.find(place.network())
                .map(networks::serve)
                .orElseGet(Future::succeededFuture)
                .compose(any -> devices.connect(vif.port()))
                .compose(any -> boot.connectCard(vifs, vif))
                .compose(any -> store.commit(changes(vifs.paths(vif), vif)))
                .compose(any -> moved ? networks.leave(from, vif.mac()) : Future.succeededFuture())
                .recover(failure ->
                        back(vifs, vif, before, from, had, moved).transform(any -> Future.failedFuture(failure)));
    }

    private Future<Void> back(
            DomainVifs vifs, KeptVif vif, VifSpec before, Place from, List<IpAddress> had, boolean moved) {
        Place there = vif.place();
        vif.change(before, from, had);
        return devices.connect(vif.port())
                .compose(any -> boot.connectCard(vifs, vif))
                .onFailure(failure -> LOG.warn("{} is not as it was: {}", vif.interfaceName(), failure.getMessage()))
                .transform(any -> moved ? networks.leave(there, vif.mac()) : Future.succeededFuture());
    }

    /** What tells of a vif's place and rate; netback watches the rate. */
    private static List<Change> changes(DevicePaths paths, KeptVif vif) {
        List<Change> changes = new ArrayList<>();
        for (String directory : List.of(paths.backend(), paths.libxl())) {
            set(changes, directory + "/ip", VifNodes.ip(vif.addresses()));
            set(
                    changes,
                    directory + "/rate",
                    vif.spec().rate() == null ? "" : vif.spec().rate().node());
            changes.add(Change.write(
                    directory + "/bridge",
                    vif.place().bridge() == null ? "" : vif.place().bridge()));
        }
        String network = vif.place().network();
        set(changes, paths.backend() + "/" + StoredVif.NETWORK, network == null ? "" : network);
        return changes;
    }

    private static void set(List<Change> changes, String path, String value) {
        changes.add(value.isEmpty() ? Change.remove(path) : Change.write(path, value));
    }
}
