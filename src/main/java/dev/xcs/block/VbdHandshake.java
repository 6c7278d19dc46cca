package dev.xcs.block;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.Change;
import dev.xcs.xenstore.NodeWait;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The XenbusState of a disk's back-end: what is asked of it, and the waits until it and the guest have answered. */
final class VbdHandshake {
    /** How long a guest may take until it has a disk, and until it has given one up. */
    record Patience(Duration connect, Duration close) {
        /** As libxl waits for a guest to give a device up (LIBXL_DESTROY_TIMEOUT). */
        static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    private final Vertx vertx;
    private final Xenstore store;
    private final Patience patience;

    VbdHandshake(Vertx vertx, Xenstore store, Patience patience) {
        this.vertx = vertx;
        this.store = store;
        this.patience = patience;
    }

    Patience patience() {
        return patience;
    }

    /**
     * The nodes of a new disk. In one look with the domain's own: what is written behind the back of a destroy nobody would remove.
     *
     * @return fails with CONFLICT when the domain is gone
     */
    Future<Void> introduce(VbdPaths paths, KeptDisk disk) {
        List<Change> changes = VbdNodes.of(paths, disk).stream()
                .flatMap(node -> Change.of(node).stream())
                .toList();
        return store.transaction(tx -> tx.read(paths.home())
                .compose(home -> home.isPresent()
                        ? Future.join(changes.stream().map(tx::apply).toList()).mapEmpty()
                        : Future.failedFuture(gone(paths, "is gone").toException())));
    }

    /** Done when the guest has it too; fails with TIMEOUT, or with CONFLICT when it was taken away meanwhile. */
    Future<Void> connected(VbdPaths paths) {
        return until(paths, state -> state.isEmpty() || is(state, "4"), patience.connect())
                .compose(state -> state.isPresent()
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                gone(paths, "lost it meanwhile").asRetryable().toException()));
    }

    private static Problem gone(VbdPaths paths, String how) {
        return Problem.of(
                ProblemType.CONFLICT,
                "The domain that disk " + paths.number() + " is for, domid " + paths.domid() + ", " + how);
    }

    /** Asks the guest to give it up; done when it has. Fails with TIMEOUT; it is asked for still. */
    Future<Void> closed(VbdPaths paths) {
        String back = paths.backend();
        // What is not there, or closed already, is not made anew.
        return store.transaction(tx -> tx.read(back + "/state").compose(state -> {
                    List<Change> changes = new ArrayList<>();
                    if (state.isPresent()) {
                        changes.add(Change.write(back + "/online", 0));
                    }
                    if (!isOver(state)) {
                        changes.add(Change.write(back + "/state", 5));
                    }
                    return Future.join(changes.stream().map(tx::apply).toList());
                }))
                .compose(any -> until(paths, VbdHandshake::isOver, patience.close()))
                .mapEmpty();
    }

    /** However long it takes. */
    NodeWait givenUp(VbdPaths paths) {
        return NodeWait.until(vertx, store, paths.backend() + "/state", VbdHandshake::isOver, null);
    }

    /** Whether {@link #closed} was asked before, and has not come about. */
    Future<Boolean> isAskedFor(VbdPaths paths) {
        return store.read(paths.backend() + "/online").map(online -> is(online, "0"));
    }

    private static boolean isOver(Optional<String> state) {
        return state.isEmpty() || is(state, "6");
    }

    private static boolean is(Optional<String> state, String number) {
        return state.filter(number::equals).isPresent();
    }

    private Future<Optional<String>> until(VbdPaths paths, Predicate<Optional<String>> good, Duration limit) {
        return NodeWait.until(vertx, store, paths.backend() + "/state", good, limit)
                .future();
    }

    /** Done when the back-end has seen the device's new size, and told the guest. */
    Future<Void> resized(VbdPaths paths, long sizeBytes) {
        String sectors = Long.toString(sizeBytes / 512);
        return NodeWait.until(
                        vertx, store, paths.backend() + "/sectors", value -> is(value, sectors), patience.connect())
                .future()
                .mapEmpty();
    }

    Future<Void> removeNodes(VbdPaths paths) {
        return store.commit(
                List.of(Change.remove(paths.frontend()), Change.remove(paths.backend()), Change.remove(paths.libxl())));
    }
}
