package dev.xcs.xenstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.hypervisor.sim.StoreFaults;
import dev.xcs.hypervisor.sim.StoreFaults.Trouble;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Op;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the client does when xenstored is slow, full, contradicted or gone. */
class XenstoreClientTest {
    private static final int MAX_IN_FLIGHT = 16;
    private static final StoreFaults STANDING_STILL = (domid, op, path) -> Trouble.slow(Duration.ofHours(1));

    private final Vertx vertx = Vertx.vertx();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private SimPeer peer;
    private XenstoreClient client;

    @BeforeEach
    void connect(@TempDir Path directory) throws Exception {
        peer = new SimPeer(directory);
        client = new XenstoreClient(vertx, new XenstoreConfig(peer.socket().toString(), MAX_IN_FLIGHT), registry);
        Await.result(client.start());
    }

    @AfterEach
    void disconnect() throws Exception {
        Await.result(client.close());
        Await.result(vertx.close());
        peer.close();
    }

    @Test
    void saysWhereItLookedWhenThereIsNoXenstored(@TempDir Path empty) throws Exception {
        String socket = empty.resolve("socket").toString();
        XenstoreClient lonely = new XenstoreClient(vertx, new XenstoreConfig(socket, 1), new SimpleMeterRegistry());

        Problem problem = Await.problem(lonely.start());

        assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
        assertThat(problem.detail()).contains(socket);
        assertThat(problem.cause()).contains("is xenstored running");
        assertThat(Await.problem(lonely.read("/a")).type()).isEqualTo(ProblemType.UNAVAILABLE);
        Await.result(lonely.close());
    }

    @Test
    void failsWhatIsPendingAsRetryableWhenTheConnectionIsLost() throws Exception {
        peer.store().injectFaults(STANDING_STILL);
        List<Future<Void>> pending = IntStream.range(0, 3 * MAX_IN_FLIGHT)
                .mapToObj(i -> client.write("/pending/" + i, "x"))
                .toList();
        Await.until("requests are in flight", () -> gauge("xcs.xenstore.in.flight") == MAX_IN_FLIGHT);
        Await.until("the others wait", () -> gauge("xcs.xenstore.waiting") == 2 * MAX_IN_FLIGHT);

        peer.store().dropClients();

        for (Future<Void> future : pending) {
            Problem problem = Await.problem(future);
            assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
            assertThat(problem.retryable()).isTrue();
            assertThat(problem.call()).isEqualTo("XS_WRITE");
            assertThat(problem.argument()).startsWith("/pending/");
        }
        assertThat(gauge("xcs.xenstore.in.flight")).isZero();
    }

    @Test
    void refusesToQueueWithoutEnd() throws Exception {
        peer.store().injectFaults(STANDING_STILL);
        int room = MAX_IN_FLIGHT + XenstoreConnection.MAX_WAITING;
        List<Future<?>> accepted = IntStream.range(0, room)
                .<Future<?>>mapToObj(i -> client.read("/queued"))
                .toList();

        Problem problem = Await.problem(client.read("/one-too-many"));

        assertThat(problem.type()).isEqualTo(ProblemType.TOO_MANY);
        assertThat(problem.retryable()).isTrue();
        assertThat(problem.argument()).isEqualTo("/one-too-many");
        assertThat(problem.detail()).contains(Integer.toString(XenstoreConnection.MAX_WAITING));
        assertThat(accepted).noneMatch(Future::isComplete);
    }

    @Test
    void givesAConnectionUpOnWhichXenstoredOwesAnAnswerForTooLong() throws Exception {
        XenstoreClient impatient = new XenstoreClient(
                vertx,
                MAX_IN_FLIGHT,
                new SimpleMeterRegistry(),
                context -> new XenstoredConnector(vertx, context, peer.socket().toString(), Map.of()),
                Duration.ofMillis(100));
        Await.result(impatient.start());
        peer.store().injectFaults(STANDING_STILL);

        Problem problem = Await.problem(impatient.read("/a"));

        assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
        assertThat(problem.cause()).contains("did not answer");
        Await.result(impatient.close());
    }

    @Test
    void repeatsATransactionThroughAStormOfConflicts() throws Exception {
        int[] conflicts = {7};
        peer.store()
                .injectFaults((domid, op, path) ->
                        op == Op.TRANSACTION_END && conflicts[0]-- > 0 ? Trouble.refuse(Errno.EAGAIN) : Trouble.NONE);

        Await.result(client.commit(List.of(Change.write("/storm", "over"))));

        assertThat(Await.result(client.read("/storm"))).contains("over");
        assertThat(registry.get("xcs.xenstore.transaction.conflicts").counter().count())
                .isEqualTo(7);
    }

    @Test
    void namesTheLikelyCauseOfAnUsedUpQuotaAndChangesNothing() throws Exception {
        peer.store()
                .injectFaults((domid, op, path) -> path.equals("/full") ? Trouble.refuse(Errno.EQUOTA) : Trouble.NONE);

        Problem problem = Await.problem(client.commit(List.of(Change.write("/first", 1), Change.write("/full", 2))));

        assertThat(problem.type()).isEqualTo(ProblemType.XENSTORE);
        assertThat(problem.argument()).isEqualTo("/full");
        assertThat(problem.errnoText()).isEqualTo("Quota exceeded");
        assertThat(problem.cause()).contains("quota");
        assertThat(Await.result(client.read("/first"))).isEmpty();
    }

    @Test
    void doesNotLetATransactionGoOnOnAnotherConnection() throws Exception {
        Problem problem = Await.problem(client.transaction(transaction -> transaction
                .read("/a")
                .compose(value -> {
                    peer.store().dropClients();
                    return untilReadable();
                })
                .compose(again -> transaction.apply(Change.write("/torn", "x")))));

        assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
        assertThat(Await.result(client.read("/torn"))).isEmpty();
    }

    private Future<Void> untilReadable() {
        return vertx.timer(5)
                .compose(elapsed -> client.read("/a"))
                .<Void>mapEmpty()
                .compose(
                        done -> registry.get("xcs.xenstore.reconnects")
                                                .counter()
                                                .count()
                                        > 0
                                ? Future.succeededFuture()
                                : untilReadable(),
                        failure -> untilReadable());
    }

    @Test
    void watchesAgainThoughXenstoredRefusesThatAtFirst() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Await.result(client.watch("/watched", told::add));
        assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("/watched");
        AtomicInteger refused = new AtomicInteger();
        peer.store()
                .injectFaults((domid, op, path) ->
                        op == Op.WATCH && refused.incrementAndGet() <= 3 ? Trouble.refuse(Errno.EQUOTA) : Trouble.NONE);

        peer.store().dropClients();

        assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("/watched");
        assertThat(refused.get()).isEqualTo(4);
        Await.result(client.write("/watched/child", "x"));
        assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("/watched/child");
    }

    @Test
    void failsWhatIsAskedAfterItsEnd() throws Exception {
        Await.result(client.close());

        Problem problem = Await.problem(client.read("/a"));

        assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
        assertThat(problem.cause()).contains("closed");
    }

    @Test
    void survivesAListenerThatFails() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        BlockingQueue<String> unhandled = new LinkedBlockingQueue<>();
        vertx.exceptionHandler(failure -> unhandled.add(failure.getMessage()));
        Await.result(client.watch("/a", path -> {
            told.add(path);
            throw Problem.of(ProblemType.INTERNAL, "a listener that fails, on purpose")
                    .toException();
        }));
        Await.told(told, "/a");

        Await.result(client.write("/a", "x"));

        Await.told(told, "/a");
        assertThat(Await.result(client.read("/a"))).contains("x");
        assertThat(Await.next(unhandled)).contains("on purpose");
    }

    @Test
    void showsItsMetricsAsPrometheusExpects() throws Exception {
        Await.result(client.watch("/watched", path -> {}));
        Await.result(client.read("/a"));
        Await.result(client.write("/a", "x"));

        String scrape = registry.scrape();

        assertThat(scrape)
                .contains("xcs_xenstore_requests_total{operation=\"read\"} 1.0")
                .contains("xcs_xenstore_requests_total{operation=\"write\"} 1.0")
                .contains("xcs_xenstore_failures_total{operation=\"read\"} 0.0")
                .contains("xcs_xenstore_request_seconds_count{operation=\"read\"} 1")
                .contains("xcs_xenstore_watches 1.0")
                .contains("xcs_xenstore_watch_events_total 1.0")
                .contains("xcs_xenstore_in_flight 0.0")
                .contains("xcs_xenstore_reconnects_total 0.0");
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }
}
