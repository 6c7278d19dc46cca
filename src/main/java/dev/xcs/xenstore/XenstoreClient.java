package dev.xcs.xenstore;

import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The client of xenstored: pipelined over its unix socket, or over the kernel's device where xenstored lives in another domain. All
 * work is done on one context of its own; see {@link Xenstore} for what callers may rely on.
 */
public final class XenstoreClient implements Xenstore {
    /** xenstored is single-threaded and stands still during a live update; what takes longer is broken. */
    private static final Duration STALL = Duration.ofSeconds(60);

    private final CallerContexts contexts;
    private final WatchTable watches;
    private final XenstoreLink link;
    private final TransactionRunner transactions;

    public XenstoreClient(Vertx vertx, XenstoreConfig config, MeterRegistry registry) {
        this(
                vertx,
                config.maxInFlight(),
                registry,
                context -> new XenstoredConnector(vertx, context, config.socket(), System.getenv()),
                STALL);
    }

    XenstoreClient(
            Vertx vertx,
            int maxInFlight,
            MeterRegistry registry,
            Function<Context, Connector> connector,
            Duration stall) {
        Context own = vertx.getOrCreateContext();
        XenstoreMetrics metrics = new XenstoreMetrics(registry);
        this.contexts = new CallerContexts(own);
        this.watches = new WatchTable(metrics);
        this.link = new XenstoreLink(vertx, connector.apply(own), maxInFlight, stall, metrics, watches);
        this.transactions = new TransactionRunner(vertx, link);
    }

    /** Connects; fails when xenstored cannot be reached. Later losses are mended without end. */
    public Future<Void> start() {
        return contexts.call(link::open);
    }

    /** Disconnects; what is pending fails. */
    public Future<Void> close() {
        return contexts.call(() -> {
            link.close();
            return Future.succeededFuture();
        });
    }

    @Override
    public Future<Optional<String>> read(String path) {
        return contexts.call(() -> read(path, link::request));
    }

    @Override
    public Future<List<String>> list(String path) {
        return contexts.call(() -> NodeList.of(path, link::request));
    }

    @Override
    public Future<Void> write(String path, String value) {
        return done(() -> XenstoreRequest.write(path, value));
    }

    @Override
    public Future<Void> remove(String path) {
        return done(() -> XenstoreRequest.node(Op.RM, path))
                .recover(failure -> XenstoreProblems.is(failure, Errno.ENOENT)
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure));
    }

    @Override
    public Future<Void> commit(List<Change> changes) {
        return contexts.call(() -> {
            // Before the transaction begins, so that nothing is sent when one is not acceptable.
            List<XenstoreRequest> requests = requests(changes);
            return requests.isEmpty() ? Future.succeededFuture() : transactions.run(open -> open.all(requests));
        });
    }

    @Override
    public <T> Future<T> transaction(Function<Transaction, Future<T>> body) {
        Context caller = contexts.caller();
        return contexts.call(() ->
                transactions.run(open -> contexts.callOn(caller, () -> body.apply(new CallerTransaction(open)))));
    }

    @Override
    public Future<Watch> watch(String path, Consumer<String> listener) {
        Context caller = contexts.caller();
        return contexts.call(() -> {
            XenstoreRequest.watch(Op.WATCH, path, "");
            WatchTable.Entry entry = watches.add(path, caller, listener);
            return link.request(XenstoreRequest.watch(Op.WATCH, path, entry.token()))
                    .<Watch>map(reply -> new CallerWatch(entry))
                    .onFailure(failure -> forget(entry));
        });
    }

    @Override
    public void onResync(Runnable listener) {
        Context caller = contexts.caller();
        contexts.own().runOnContext(turn -> link.onResync(() -> caller.runOnContext(told -> listener.run())));
    }

    @Override
    public Future<Void> introduce(int domid, long frame, int port) {
        return done(() -> XenstoreRequest.domain(Op.INTRODUCE, domid, frame, port));
    }

    @Override
    public Future<Void> release(int domid) {
        return done(() -> XenstoreRequest.domain(Op.RELEASE, domid)).otherwiseEmpty();
    }

    @Override
    public Future<Boolean> isIntroduced(int domid) {
        return contexts.call(() -> link.request(XenstoreRequest.domain(Op.IS_DOMAIN_INTRODUCED, domid))
                .map(reply -> reply.text().equals("T")));
    }

    private static List<XenstoreRequest> requests(List<Change> changes) {
        return changes.stream().map(XenstoreRequest::of).toList();
    }

    private Future<Void> done(Supplier<XenstoreRequest> request) {
        return contexts.call(() -> link.request(request.get()).mapEmpty());
    }

    private void forget(WatchTable.Entry entry) {
        entry.cancel();
        watches.remove(entry);
    }

    private static Future<Optional<String>> read(String path, Function<XenstoreRequest, Future<Frame>> requests) {
        return requests.apply(XenstoreRequest.node(Op.READ, path))
                .map(reply -> Optional.of(reply.text()))
                .recover(failure -> XenstoreProblems.is(failure, Errno.ENOENT)
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(failure));
    }

    /** A transaction as its body sees it, on the context of whoever asked for it. */
    private final class CallerTransaction implements Transaction {
        private final TransactionRunner.Open open;

        CallerTransaction(TransactionRunner.Open open) {
            this.open = open;
        }

        @Override
        public Future<Optional<String>> read(String path) {
            return contexts.call(() -> XenstoreClient.read(path, open::request));
        }

        @Override
        public Future<List<String>> list(String path) {
            return contexts.call(() -> NodeList.of(path, open::request));
        }

        @Override
        public Future<Void> apply(Change change) {
            return contexts.call(() -> open.change(XenstoreRequest.of(change)));
        }

        @Override
        public Future<Void> apply(List<Change> changes) {
            return contexts.call(() -> open.all(requests(changes)));
        }
    }

    private final class CallerWatch implements Watch {
        private final WatchTable.Entry entry;

        CallerWatch(WatchTable.Entry entry) {
            this.entry = entry;
        }

        @Override
        public String path() {
            return entry.path();
        }

        @Override
        public Future<Void> cancel() {
            entry.cancel();
            return contexts.call(() -> {
                watches.remove(entry);
                return link.unwatch(entry);
            });
        }
    }
}
