package dev.xcs.domain;

import dev.xcs.model.DomainInfo;
import dev.xcs.model.ProblemException;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills one boot of a domain and removes all that is left of it, in the order that frees its memory soonest: destroy, unmap the
 * console, let the backends do what needs their nodes, remove their directories (they hold grants) and all other nodes, then wait until
 * Xen does not list it any more.
 */
final class Teardown {
    private static final Logger LOG = LoggerFactory.getLogger(Teardown.class);

    private final XenClient xen;
    private final ConsoleClient consoles;
    private final BootDevices devices;
    private final Xenstore store;
    private final Snapshots snapshots;
    private final Patience patience;
    private final Deadlines deadlines;

    Teardown(
            XenClient xen,
            ConsoleClient consoles,
            BootDevices devices,
            Xenstore store,
            Snapshots snapshots,
            Patience patience,
            Deadlines deadlines) {
        this.xen = xen;
        this.consoles = consoles;
        this.devices = devices;
        this.store = store;
        this.snapshots = snapshots;
        this.patience = patience;
        this.deadlines = deadlines;
    }

    /**
     * Fails only if the boot still lives or nodes remain.
     *
     * @param console whether its console is ours
     * @return whether Xen does not list it any more
     */
    Future<Boolean> tearDown(UUID uuid, int domid, boolean console) {
        return snapshots.surely().compose(snapshot -> {
            DomainInfo holder = find(snapshot, domid);
            if (holder != null && !snapshot.holds(uuid, domid)) {
                LOG.info("domid {} is another domain's by now; only the nodes of {} itself are removed", domid, uuid);
                return detach(uuid, domid, console)
                        .compose(v -> removeVm(uuid))
                        .compose(v -> devices.release(uuid))
                        .map(true);
            }
            Future<Void> dead = holder == null || holder.dying() ? Future.succeededFuture() : kill(uuid, domid);
            return dead.compose(v -> detach(uuid, domid, console))
                    .transform(detached -> dead.failed() ? Future.failedFuture(dead.cause()) : clear(uuid, domid));
        });
    }

    private static @Nullable DomainInfo find(Snapshot snapshot, int domid) {
        return snapshot.domains().stream()
                .filter(info -> info.domid() == domid)
                .findAny()
                .orElse(null);
    }

    private Future<Void> kill(UUID uuid, int domid) {
        return patience.untilDone(
                        () -> xen.destroy(domid).recover(failure -> lives(uuid, domid, failure)), deadlines.gone())
                .recover(failure -> failed("destroy", failure));
    }

    /** A destroy that failed is as good as done when the boot is dying or gone all the same. */
    private Future<Void> lives(UUID uuid, int domid, Throwable failure) {
        return snapshots.surely().compose(snapshot -> {
            DomainInfo info = find(snapshot, domid);
            boolean lives = info != null && snapshot.holds(uuid, domid) && !info.dying();
            return lives ? Future.failedFuture(failure) : Future.succeededFuture();
        });
    }

    private Future<Void> detach(UUID uuid, int domid, boolean console) {
        if (!console) {
            return Future.succeededFuture();
        }
        return consoles.detach(uuid, domid).otherwise(failure -> {
            LOG.warn("The console of {} (domid {}) cannot be detached: {}", uuid, domid, failure.getMessage());
            return null;
        });
    }

    private Future<Boolean> clear(UUID uuid, int domid) {
        Future<Void> removed = devices.end(uuid, domid)
                .compose(any -> patience.untilDone(() -> removeNodes(uuid, domid), deadlines.gone()))
                .recover(f -> failed("nodes", f));
        // Only when nobody maps the guest's memory any more is nobody's I/O under way.
        return removed.transform(any -> untilGone(uuid, domid))
                .compose(gone -> devices.release(uuid).map(gone))
                .compose(gone -> removed.map(gone));
    }

    private Future<Void> removeNodes(UUID uuid, int domid) {
        return store.list(NodeTree.BACKENDS).compose(kinds -> store.commit(NodeTree.removal(uuid, domid, kinds)));
    }

    private Future<Void> removeVm(UUID uuid) {
        return store.remove(NodeTree.vm(uuid));
    }

    /** No watch fires when the last page of a dead domain is unmapped, so it is asked for. */
    private Future<Boolean> untilGone(UUID uuid, int domid) {
        return patience.untilGood(
                () -> snapshots.fresh().map(snapshot -> !snapshot.holds(uuid, domid)),
                Boolean::booleanValue,
                deadlines.gone());
    }

    private static <T> Future<T> failed(String step, Throwable failure) {
        return Future.failedFuture(
                new ProblemException(ProblemException.of(failure).withStep(step), failure));
    }
}
