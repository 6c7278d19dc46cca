package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.DaemonProcess;
import dev.xcs.testing.DeviceStorm;
import dev.xcs.testing.SequenceReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many tools at once that come, go and stand still, while domains come and go: in a daemon of its own process, with its own heap. Short by
 * default; {@code scripts/test} runs it once at full size by the properties below.
 */
class StormTest {
    private static final int SESSIONS = Integer.getInteger("xcs.test.storm.sessions", 30);
    private static final int STUCK = Integer.getInteger("xcs.test.storm.stuck", 6);
    private static final int DOMAINS = Integer.getInteger("xcs.test.storm.domains", 50);
    private static final int SECONDS = Integer.getInteger("xcs.test.storm.seconds", 10);
    /** Of the devices; what the domains do comes on top. */
    private static final int MESSAGES_A_SECOND = Integer.getInteger("xcs.test.storm.rate", 500);

    /** What a machine that is busy with other things may add to the wait of somebody who keeps up. */
    private static final long MAX_LAG_MILLIS = 5000;

    private static final List<String> TYPES = List.of("DOMAIN", "MEM_REQUEST", "CONSOLE", "BLKIF_BE");
    /** One tool in so many is away from the beginning to the end. */
    private static final int SLEEPERS = 10;

    /** Of many guests: a device that takes two steps before the first is read tells only of the second. */
    private static final List<Integer> DOMIDS =
            IntStream.rangeClosed(1, 100).boxed().toList();

    @TempDir
    Path dir;

    private final Random random = new Random(7);
    private final List<StormTool> tools = new ArrayList<>();
    private final List<StormTool> stuck = new ArrayList<>();

    @Test
    void givesEverySessionEverythingOrSaysWhatItLost(TestReporter reporter) throws Exception {
        // A journal so small that it forgets in the longer storm what those who were away have missed.
        try (DaemonProcess daemon =
                DaemonProcess.start(dir, "--events-max-size=1MiB", "--events-segment-size=128KiB")) {
            ApiClient api = daemon.api();
            StormWitness witness = new StormWitness(0);
            try (SequenceReader everything =
                    SequenceReader.open(daemon.address(), "/v1/events?since=0", daemon.token(), witness)) {
                List<String> guests = guests(api);
                openSessions(api, daemon, guests);
                CompletableFuture<Long> weather = CompletableFuture.supplyAsync(() -> storm(daemon));
                CompletableFuture<Integer> churn = CompletableFuture.supplyAsync(() -> churn(api, guests));
                comeAndGo(daemon, weather, churn);
                long lagP99 = witness.lagMillis(0.99);
                long lagMax = witness.lagMillis(1);
                long catchingUp = System.nanoTime();
                finish(api, daemon, witness);
                report(
                        reporter,
                        daemon,
                        Map.of(
                                "messages", witness.last(),
                                "device steps", weather.get(),
                                "domain changes", churn.get(),
                                "received",
                                        all().stream()
                                                .mapToLong(StormTool::count)
                                                .sum(),
                                "gaps",
                                        all().stream()
                                                .mapToLong(StormTool::gapCount)
                                                .sum(),
                                "lag p99 ms", lagP99,
                                "lag max ms", lagMax,
                                "catching up ms", (System.nanoTime() - catchingUp) / 1_000_000));
                assertThat(lagP99).as("the wait of somebody who keeps up, ms").isLessThan(MAX_LAG_MILLIS);
                assertThat(daemon.log().lines().limit(20).toList().toString())
                        .doesNotContain("ERROR", "cannot be told");
            }
        }
    }

    private static void report(TestReporter reporter, DaemonProcess daemon, Map<String, ? extends Number> figures)
            throws Exception {
        figures.forEach((name, figure) -> reporter.publishEntry(name, figure.toString()));
        reporter.publishEntry("peak resident KiB", Long.toString(daemon.peakResidentKib()));
    }

    private static Map<String, Object> guest(String name) {
        return Map.of("name", name, "memoryMib", 24, "vcpus", 1, "kernel", "sim:linux");
    }

    private static List<String> guests(ApiClient api) {
        List<String> guests = new ArrayList<>();
        for (int i = 0; i < DOMAINS; i++) {
            guests.add(api.create(guest("guest" + i)));
        }
        return guests;
    }

    private void openSessions(ApiClient api, DaemonProcess daemon, List<String> guests) throws Exception {
        for (int i = 0; i < SESSIONS; i++) {
            tools.add(open(api, bindings(guests)));
        }
        for (int i = 0; i < STUCK; i++) {
            StormTool tool = open(api, List.of(Map.of("type", "*"), Map.of("type", "BLKIF_BE")));
            tool.stick(daemon);
            stuck.add(tool);
        }
    }

    /** Some that overlap, so that a message could come twice. */
    private List<Map<String, String>> bindings(List<String> guests) {
        List<Map<String, String>> bindings = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String domain = random.nextInt(3) == 0 ? guests.get(random.nextInt(guests.size())) : "*";
            String type = random.nextInt(4) == 0 ? "*" : TYPES.get(random.nextInt(TYPES.size()));
            bindings.add(Map.of("domain", domain, "type", type));
        }
        return bindings;
    }

    private static StormTool open(ApiClient api, List<Map<String, String>> bindings) {
        ApiClient.Answer opened =
                api.post("/v1/sessions", Map.of("name", "storm", "graceSeconds", 3600, "bindings", bindings));
        assertThat(opened.status()).as(opened.body().toString()).isEqualTo(201);
        return new StormTool(
                opened.header("Location"),
                bindings,
                opened.body().path("acknowledged").asLong());
    }

    private void comeAndGo(DaemonProcess daemon, CompletableFuture<?>... running) throws Exception {
        CompletableFuture<Void> all = CompletableFuture.allOf(running);
        while (!all.isDone()) {
            int which = random.nextInt(tools.size());
            StormTool tool = tools.get(which);
            if (tool.isAttached()) {
                tool.drop();
            } else if (which % SLEEPERS != 0) {
                tool.attach(daemon);
            }
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(30)).toNanos());
        }
        all.get();
    }

    /** Backends of devices go through their states; gives how many steps were taken. */
    private static long storm(DaemonProcess daemon) {
        try (DeviceStorm storm = new DeviceStorm(daemon.xenstored(), DOMIDS)) {
            long steps = (long) SECONDS * MESSAGES_A_SECOND;
            storm.run(0, steps, MESSAGES_A_SECOND);
            return steps;
        } catch (Exception failure) {
            throw new AssertionError("The storm broke off", failure);
        }
    }

    /** Domains come and go and balloon; gives how often. */
    private static int churn(ApiClient api, List<String> guests) {
        Random random = new Random(11);
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        int made = DOMAINS;
        int changes = 0;
        for (; System.nanoTime() < end; changes++) {
            int which = random.nextInt(guests.size());
            if (random.nextInt(4) == 0) {
                assertThat(api.delete("/v1/domains/" + guests.get(which)).status())
                        .isEqualTo(204);
                guests.set(which, api.create(guest("guest" + made++)));
            } else {
                balloon(api, guests.get(which), 16_384 + random.nextInt(8_192));
            }
        }
        return changes;
    }

    private static void balloon(ApiClient api, String guest, int targetKib) {
        api.post(
                "/v1/requests",
                Map.of(
                        "domain",
                        guest,
                        "subtype",
                        "MEM_REQUEST.SET",
                        "payload",
                        Map.of("kind", "memory", "targetKib", targetKib)));
    }

    private List<StormTool> all() {
        List<StormTool> all = new ArrayList<>(tools);
        all.addAll(stuck);
        return all;
    }

    /** Everybody reads the rest; then the union of what each has and was told of as lost is held against what there was. */
    private void finish(ApiClient api, DaemonProcess daemon, StormWitness witness) throws Exception {
        for (StormTool tool : stuck) {
            tool.wake();
        }
        // So late a message that it is the last, and for everybody.
        long newest = newest(api);
        Await.until("the witness reads it all", Duration.ofMinutes(1), () -> witness.last() >= newest);
        assertThat(witness.wrong()).isEmpty();
        for (StormTool tool : all()) {
            tool.drop();
            BitSet wanted = witness.wantedBy(tool);
            tool.attach(daemon);
            awaitRest(tool, wanted);
            tool.drop();
            // What came since is in neither.
            assertThat(tool.unwanted(witness.wantedBy(tool)).previousSetBit((int) newest))
                    .as("not bound by " + tool.bindings)
                    .isNegative();
            assertThat(tool.wrong()).as(tool.bindings.toString()).isEmpty();
        }
    }

    private static void awaitRest(StormTool tool, BitSet wanted) throws Exception {
        try {
            Await.until(
                    "reads it all",
                    Duration.ofMinutes(1),
                    () -> tool.missing(wanted).isEmpty() || !tool.wrong().isEmpty());
        } catch (AssertionError late) {
            throw new AssertionError(
                    tool + " misses " + tool.missing(wanted).cardinality() + ", from "
                            + tool.missing(wanted).nextSetBit(0),
                    late);
        }
    }

    private static long newest(ApiClient api) {
        StormTool probe = open(api, List.of());
        assertThat(api.delete(probe.session).status()).isEqualTo(204);
        return probe.last();
    }
}
