package dev.xcs.xenstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.Xenstore.Watch;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What the client promises, with whatever xenstored is on the other side. Writes below one private path only. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class XenstoreConformance {
    /** Below the limit on what waits, above what is in flight. */
    private static final int MANY = 500;

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final Vertx vertx = Vertx.vertx();
    private SimpleMeterRegistry registry;
    private XenstoreClient client;
    private XenstoreClient other;
    private String top;

    abstract StorePeer peer();

    /** A client of the peer; the transport may be another one. */
    XenstoreClient newClient(Vertx onVertx, MeterRegistry ofClient) {
        return new XenstoreClient(onVertx, new XenstoreConfig(peer().socket().toString(), 64), ofClient);
    }

    @BeforeEach
    void connect() throws Exception {
        registry = new SimpleMeterRegistry();
        client = newClient(vertx, registry);
        other = newClient(vertx, new SimpleMeterRegistry());
        Await.result(client.start());
        Await.result(other.start());
        top = "/tool/xcs-test/" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
        Await.result(client.write(top, "top"));
    }

    @AfterEach
    void disconnect() throws Exception {
        Await.result(client.remove("/tool/xcs-test"));
        Await.result(client.close());
        Await.result(other.close());
    }

    @Test
    void readsWhatWasWritten() throws Exception {
        Await.result(client.write(top + "/a/b", "gr\u00fc\u00df dich"));

        assertThat(Await.result(other.read(top + "/a/b"))).contains("gr\u00fc\u00df dich");
        assertThat(Await.result(other.read(top + "/a"))).contains("");
    }

    @Test
    void readsNothingWhereNothingIs() throws Exception {
        assertThat(Await.result(client.read(top + "/absent"))).isEmpty();
        assertThat(Await.result(client.read(top + "/absent/below"))).isEmpty();
        assertThat(Await.result(client.list(top + "/absent"))).isEmpty();
        assertThat(Await.result(client.list(top))).isEmpty();
    }

    @Test
    void listsChildren() throws Exception {
        Await.result(client.commit(
                List.of(Change.write(top + "/x", 1), Change.write(top + "/y/z", 2), Change.write(top + "/w", 3))));

        assertThat(Await.result(client.list(top))).containsExactlyInAnyOrder("x", "y", "w");
    }

    @Test
    void listsMoreThanFitsIntoOneReply() throws Exception {
        List<String> names =
                IntStream.range(0, 600).mapToObj(i -> "child-number-" + i).toList();
        Await.result(client.commit(
                names.stream().map(name -> Change.write(top + "/" + name, "")).toList()));

        assertThat(Await.result(client.list(top))).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void removesWithAllBelowAndQuietlyWhatIsNotThere() throws Exception {
        Await.result(client.write(top + "/a/b/c", "x"));

        Await.result(client.remove(top + "/a"));
        Await.result(client.remove(top + "/a"));
        Await.result(client.remove(top + "/a/b/c"));

        assertThat(Await.result(client.read(top + "/a/b/c"))).isEmpty();
        assertThat(Await.result(client.list(top))).isEmpty();
    }

    @Test
    void takesTheLongestValue() throws Exception {
        String value = "v".repeat(2048);

        Await.result(client.write(top + "/long", value));

        assertThat(Await.result(client.read(top + "/long"))).contains(value);
    }

    @Test
    void answersManyRequestsAtOnceEachWithItsOwnReply() throws Exception {
        List<Future<Void>> writes = IntStream.range(0, MANY)
                .mapToObj(i -> client.write(top + "/" + i, "value " + i))
                .toList();
        Await.result(Future.all(writes));

        List<Future<Optional<String>>> reads = IntStream.range(0, MANY)
                .mapToObj(i -> client.read(top + "/" + i))
                .toList();
        Await.result(Future.all(reads));

        for (int i = 0; i < MANY; i++) {
            assertThat(reads.get(i).result()).contains("value " + i);
        }
    }

    @Test
    void commitsAllChanges() throws Exception {
        Await.result(client.write(top + "/old", "x"));

        Await.result(client.commit(List.of(
                Change.remove(top + "/old"),
                Change.remove(top + "/never/was"),
                Change.write(top + "/new", 7),
                Change.permit(top + "/new", "n0", "r0"))));

        assertThat(Await.result(client.list(top))).containsExactly("new");
        assertThat(Await.result(client.read(top + "/new"))).contains("7");
    }

    @Test
    void commitsNothingWhenOneChangeIsRefused() throws Exception {
        assumeTrue(peer().isOwn(), "the store is not the test's own");

        Problem problem = Await.problem(client.commit(List.of(
                Change.write(top + "/before", 1), Change.write("@nowhere", 2), Change.write(top + "/after", 3))));

        assertThat(problem.type()).isEqualTo(ProblemType.XENSTORE);
        assertThat(problem.call()).isEqualTo("XS_WRITE");
        assertThat(problem.argument()).isEqualTo("@nowhere");
        assertThat(problem.errno()).isEqualTo(22);
        assertThat(Await.result(client.list(top))).isEmpty();
    }

    @Test
    void sendsNothingWhenAChangeIsNotAcceptable() throws Exception {
        double before = requests();

        Problem problem = Await.problem(
                client.commit(List.of(Change.write(top + "/a", 1), Change.write(top + "/b", "x".repeat(2049)))));

        assertThat(problem.errnoText()).isEqualTo("Argument list too long");
        assertThat(problem.detail()).contains(top + "/b").contains("2049").contains("2048");
        assertThat(requests()).isEqualTo(before);
    }

    private double requests() {
        return registry.find("xcs.xenstore.requests").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @Test
    void runsATransactionAgainWhenItMetAConflict() throws Exception {
        Await.result(client.write(top + "/counter", "1"));
        AtomicInteger runs = new AtomicInteger();

        String result = Await.result(client.transaction(transaction -> transaction
                .read(top + "/counter")
                .compose(value -> runs.incrementAndGet() == 1
                        ? other.write(top + "/counter", "10").map(value)
                        : Future.succeededFuture(value))
                .compose(value -> {
                    String next = Integer.toString(Integer.parseInt(value.orElseThrow()) + 1);
                    return transaction
                            .apply(Change.write(top + "/counter", next))
                            .map(next);
                })));

        assertThat(runs).hasValue(2);
        assertThat(result).isEqualTo("11");
        assertThat(Await.result(other.read(top + "/counter"))).contains("11");
    }

    @Test
    void givesATransactionUpThatMeetsConflictsForEver() throws Exception {
        AtomicInteger runs = new AtomicInteger();

        Problem problem = Await.problem(client.transaction(transaction -> transaction
                .read(top)
                .compose(value -> other.write(top, "run " + runs.incrementAndGet()))
                .compose(written -> transaction.apply(Change.write(top + "/mine", 1)))));

        assertThat(problem.errnoText()).isEqualTo("Resource temporarily unavailable");
        assertThat(problem.retryable()).isTrue();
        assertThat(problem.detail()).contains(runs.get() + " times");
        assertThat(Await.result(client.read(top + "/mine"))).isEmpty();
    }

    @Test
    void abortsATransactionWhoseBodyFails() throws Exception {
        Problem problem = Await.problem(client.transaction(transaction -> transaction
                .apply(Change.write(top + "/half", 1))
                .compose(done -> Future.failedFuture(
                        Problem.of(ProblemType.CONFLICT, "changed my mind").toException()))));
        Problem thrown = Await.problem(client.transaction(transaction -> {
            throw Problem.of(ProblemType.CONFLICT, "at once").toException();
        }));

        assertThat(problem.detail()).isEqualTo("changed my mind");
        assertThat(thrown.detail()).isEqualTo("at once");
        assertThat(Await.result(client.read(top + "/half"))).isEmpty();
    }

    @Test
    void showsATransactionsChangesToItselfOnlyUntilItIsCommitted() throws Exception {
        List<Optional<String>> seen = new ArrayList<>();

        Await.result(client.transaction(transaction -> transaction
                .apply(Change.write(top + "/t", "new"))
                .compose(done -> transaction.read(top + "/t"))
                .onSuccess(seen::add)
                .compose(inside -> other.read(top + "/t"))
                .onSuccess(seen::add)
                .compose(outside -> transaction.list(top))));

        assertThat(seen).containsExactly(Optional.of("new"), Optional.empty());
        assertThat(Await.result(other.read(top + "/t"))).contains("new");
    }

    @Test
    void tellsAWatchAtOnceAndOfEachChangeBelow() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Await.result(client.watch(top + "/w", told::add));
        assertThat(Await.next(told)).isEqualTo(top + "/w");

        Await.result(other.write(top + "/wide", "not below"));
        Await.result(other.write(top + "/w/a/b", "1"));
        assertThat(Await.next(told)).isEqualTo(top + "/w/a/b");

        Await.result(other.commit(List.of(Change.write(top + "/w", 2))));
        assertThat(Await.next(told)).isEqualTo(top + "/w");
    }

    @Test
    void tellsAWatchThatItsNodeWentWithAnotherAbove() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Await.result(client.write(top + "/w/a/b", "1"));
        Await.result(client.watch(top + "/w/a", told::add));
        assertThat(Await.next(told)).isEqualTo(top + "/w/a");

        Await.result(other.remove(top + "/w"));

        assertThat(Await.next(told)).isEqualTo(top + "/w/a");
    }

    @Test
    void tellsEveryWatchOfAPathUntilItIsCancelled() throws Exception {
        BlockingQueue<String> first = new LinkedBlockingQueue<>();
        BlockingQueue<String> second = new LinkedBlockingQueue<>();
        Watch cancelled = Await.result(client.watch(top, first::add));
        Await.result(client.watch(top, second::add));
        Await.told(first, top);
        Await.told(second, top);

        Await.result(cancelled.cancel());
        Await.result(cancelled.cancel());
        Await.result(other.write(top + "/after", "x"));

        Await.told(second, top + "/after");
        assertThat(first).isEmpty();
        assertThat(cancelled.path()).isEqualTo(top);
    }

    @Test
    void completesAndTellsOnTheContextThatCalled() throws Exception {
        Context context = vertx.getOrCreateContext();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        context.runOnContext(go -> {
            client.read(top).onComplete(done -> seen.add("read " + (Vertx.currentContext() == context)));
            client.watch(top, path -> seen.add("told " + (Vertx.currentContext() == context)))
                    .onComplete(done -> seen.add("watched " + (Vertx.currentContext() == context)));
            client.transaction(transaction -> {
                        seen.add("body " + (Vertx.currentContext() == context));
                        return transaction
                                .read(top)
                                .onComplete(done -> seen.add("inside " + (Vertx.currentContext() == context)));
                    })
                    .onComplete(done -> seen.add("committed " + (Vertx.currentContext() == context)));
        });

        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            lines.add(Await.next(seen));
        }
        assertThat(lines)
                .containsExactlyInAnyOrder(
                        "read true", "told true", "watched true", "body true", "inside true", "committed true");
    }

    @Test
    void tellsOfDomains() throws Exception {
        assumeTrue(peer().isOwn(), "the store is not the test's own");
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Await.result(client.watch("@introduceDomain", told::add));
        Await.result(client.watch("@releaseDomain", told::add));
        Await.told(told, "@introduceDomain");
        Await.told(told, "@releaseDomain");
        peer().addDomain(7);

        Await.result(client.introduce(7, 1234, 5));
        Await.told(told, "@introduceDomain");
        assertThat(Await.result(client.isIntroduced(7))).isTrue();
        Await.result(client.introduce(7, 1234, 5));
        Await.result(client.commit(List.of(
                Change.write("/local/domain/7/mine", "x"),
                Change.permit("/local/domain/7/mine", "n7"),
                Change.write("/local/domain/7/ours", "x"))));

        peer().shutDomainDown(7);
        Await.told(told, "@releaseDomain");
        assertThat(Await.result(client.isIntroduced(7))).isTrue();

        peer().removeDomain(7);
        Await.told(told, "@releaseDomain");
        assertThat(Await.result(client.isIntroduced(7))).isFalse();
        assertThat(Await.result(client.list("/local/domain/7"))).containsExactly("ours");
        Await.result(client.release(7));
        assertThat(told).isEmpty();
    }

    @Test
    void releasesADomainExplicitly() throws Exception {
        assumeTrue(peer().isOwn(), "the store is not the test's own");
        peer().addDomain(8);
        Await.result(client.introduce(8, 1, 2));
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Await.result(client.watch("@releaseDomain", told::add));
        Await.told(told, "@releaseDomain");

        Await.result(client.release(8));

        Await.told(told, "@releaseDomain");
        assertThat(Await.result(client.isIntroduced(8))).isFalse();
    }

    @Test
    void refusesToIntroduceADomainThatTheHypervisorHasNot() throws Exception {
        assumeTrue(peer().isOwn(), "the store is not the test's own");

        Problem problem = Await.problem(client.introduce(4711, 1, 2));

        assertThat(problem.call()).isEqualTo("XS_INTRODUCE");
        assertThat(problem.argument()).isEqualTo("4711");
        assertThat(problem.errno()).isEqualTo(22);
    }

    @Test
    void mendsALostConnectionWithItsWatchesAndSaysSo() throws Exception {
        assumeTrue(peer().isOwn(), "the store is not the test's own");
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        BlockingQueue<String> resyncs = new LinkedBlockingQueue<>();
        Watch cancelled = Await.result(client.watch(top + "/cancelled", told::add));
        Await.told(told, top + "/cancelled");
        Await.result(client.watch(top + "/w", told::add));
        Await.told(told, top + "/w");
        client.onResync(() -> resyncs.add("resync"));

        peer().kill();
        Await.until("the loss is noticed", this::failsAsUnavailable);
        Await.result(cancelled.cancel());
        assertThat(resyncs).isEmpty();
        peer().start();

        assertThat(Await.next(resyncs)).isEqualTo("resync");
        assertThat(Await.next(told)).isEqualTo(top + "/w");
        Await.until("the second client is back too", () -> succeeds(other.write(top + "/w/again", "1")));
        Await.told(told, top + "/w/again");
        assertThat(resyncs).isEmpty();
        assertThat(registry.get("xcs.xenstore.reconnects").counter().count()).isGreaterThanOrEqualTo(1);
    }

    private boolean failsAsUnavailable() {
        try {
            Await.result(client.read(top));
            return false;
        } catch (Exception failure) {
            Problem problem = ProblemException.of(failure);
            assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
            assertThat(problem.retryable()).isTrue();
            return true;
        }
    }

    private static boolean succeeds(Future<Void> future) {
        try {
            Await.result(future);
            return true;
        } catch (Exception failure) {
            return false;
        }
    }
}
