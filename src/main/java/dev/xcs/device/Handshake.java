package dev.xcs.device;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.StoreNode;
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

/** The XenbusState of a device's back-end: what is asked of it, and the waits until it and the guest have answered. */
public final class Handshake {
    /** How long a back-end and a guest's driver may take for a new device: as libxl (LIBXL_INIT_TIMEOUT). */
    public static final Duration CONNECT = Duration.ofSeconds(10);

    /** As libxl waits for a guest to give a device up (LIBXL_DESTROY_TIMEOUT). */
    public static final Duration CLOSE = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Xenstore store;

    public Handshake(Vertx vertx, Xenstore store) {
        this.vertx = vertx;
        this.store = store;
    }

    /**
     * The nodes of a new device. In one look with the domain's own: what is written behind the back of a destroy nobody would remove.
     *
     * @return fails with CONFLICT when the domain is gone
     */
    public Future<Void> introduce(DevicePaths paths, List<StoreNode> nodes) {
        List<Change> changes =
                nodes.stream().flatMap(node -> Change.of(node).stream()).toList();
        return store.transaction(tx -> tx.read(paths.home())
                .compose(home -> home.isPresent()
                        ? Future.join(changes.stream().map(tx::apply).toList()).mapEmpty()
                        : Future.failedFuture(gone(paths, "is gone").toException())));
    }

    /** Done when the back-end has looked at the nodes and waits for the guest; fails with TIMEOUT, or with CONFLICT when it was taken away. */
    public Future<Void> ready(DevicePaths paths) {
        return present(paths, state -> state.isEmpty() || !is(state, "1"));
    }

    /** Done when the guest has it too; fails with TIMEOUT, or with CONFLICT when it was taken away meanwhile. */
    public Future<Void> connected(DevicePaths paths) {
        return present(paths, state -> state.isEmpty() || is(state, "4"));
    }

    private Future<Void> present(DevicePaths paths, Predicate<Optional<String>> good) {
        return until(paths, good, CONNECT)
                .compose(state -> state.isPresent()
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                gone(paths, "lost it meanwhile").asRetryable().toException()));
    }

    private static Problem gone(DevicePaths paths, String how) {
        return Problem.of(
                ProblemType.CONFLICT,
                "The domain that " + paths.kind() + " " + paths.number() + " is for, domid " + paths.domid() + ", "
                        + how);
    }

    /** Asks the guest to give it up; done when it has. Fails with TIMEOUT; it is asked for still. */
    public Future<Void> closed(DevicePaths paths) {
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
                .compose(any -> until(paths, Handshake::isOver, CLOSE))
                .mapEmpty();
    }

    private static boolean isOver(Optional<String> state) {
        return state.isEmpty() || is(state, "6");
    }

    private static boolean is(Optional<String> state, String number) {
        return state.filter(number::equals).isPresent();
    }

    private Future<Optional<String>> until(DevicePaths paths, Predicate<Optional<String>> good, Duration limit) {
        return NodeWait.until(vertx, store, paths.backend() + "/state", good, limit)
                .future();
    }

    public Future<Void> removeNodes(DevicePaths paths) {
        return store.commit(
                List.of(Change.remove(paths.frontend()), Change.remove(paths.backend()), Change.remove(paths.libxl())));
    }
}
