package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.message.RouteControl;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.ControlType;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.EventReader;
import io.vertx.core.eventbus.EventBus;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control switch of the whole daemon, seen from outside. */
class SwitchTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final int SESSIONS = 30;
    private static final int STUCK = 6;
    private static final int DOMAINS = 50;
    private static final Duration CHURN = Duration.ofSeconds(Integer.getInteger("xcs.test.churn-seconds", 12));

    @TempDir
    Path dir;

    private static Map<String, Object> guest(String name) {
        return Map.of("name", name, "memoryMib", 32, "vcpus", 2, "kernel", "sim:linux");
    }

    private static String open(ApiClient api, Object bindings) {
        ApiClient.Answer opened =
                api.post("/v1/sessions", Map.of("name", "test", "graceSeconds", 600, "bindings", bindings));
        assertThat(opened.status()).as(opened.body().toString()).isEqualTo(201);
        return opened.header("Location");
    }

    @Test
    void tellsAGuestsLifeInOrderAndTiesRequestsToTheirEffects() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            String session = open(api, List.of(Map.of("type", "*"), Map.of("type", "DOMAIN")));
            try (EventReader reader = api.events(session + "/events")) {
                String uuid = api.create(guest("web"));
                reader.await("first byte", m -> m.path("subtype").asText().equals("CONSOLE.MILESTONE"));

                JsonNode outcome = api.post(
                                "/v1/requests",
                                Map.of(
                                        "domain",
                                        uuid,
                                        "subtype",
                                        "SHUTDOWN.SYSRQ",
                                        "payload",
                                        Map.of("kind", "sysrq", "key", "h"),
                                        "requestor",
                                        "tester"))
                        .body();
                assertThat(outcome.path("outcome").asText()).isEqualTo("done");
                JsonNode sysrq =
                        reader.await("sysrq", m -> m.path("subtype").asText().equals("SHUTDOWN.SYSRQ"));
                assertThat(sysrq.path("correlation").asText())
                        .isEqualTo(outcome.path("request").asText());
                assertThat(sysrq.path("requestor").asText()).isEqualTo("tester");
                assertThat(sysrq.path("payload").path("key").asText()).isEqualTo("h");

                JsonNode memory = api.post(
                                "/v1/requests",
                                Map.of(
                                        "domain",
                                        uuid,
                                        "subtype",
                                        "MEM_REQUEST.SET",
                                        "payload",
                                        Map.of("kind", "memory", "targetKib", 20_480)))
                        .body();
                assertThat(memory.path("outcome").asText()).isEqualTo("done");
                reader.await(
                        "the memory target",
                        m -> m.path("correlation")
                                .asText()
                                .equals(memory.path("request").asText()));

                assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
                reader.await("its end", m -> m.path("subtype").asText().equals("DOMAIN.ENDED"));
                assertThat(reader.sequences()).isSorted().doesNotHaveDuplicates();
                assertThat(reader.messages())
                        .filteredOn(m -> m.path("subtype").asText().startsWith("DOMAIN.")
                                && m.path("domain").asText().equals(uuid))
                        .extracting(m -> m.path("subtype").asText())
                        .startsWith("DOMAIN.APPEARED")
                        .endsWith("DOMAIN.ENDED");
            }
            assertThat(daemon.stop()).isEmpty();
        }
    }

    @Test
    void tiesTheHypervisorsLinesToTheDomainThatCrashed() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            try (EventReader reader = api.events("/v1/events?types=HYPERVISOR&since=0")) {
                String uuid = api.create(Map.of(
                        "name",
                        "bad",
                        "memoryMib",
                        32,
                        "vcpus",
                        1,
                        "kernel",
                        "sim:linux",
                        "cmdline",
                        "sim.crash-at-boot"));
                JsonNode line = reader.await(
                        "the crash's line",
                        m -> m.path("payload").path("text").asText().contains("crashed on cpu"));
                assertThat(line.path("domain").asText()).isEqualTo(uuid);
                assertThat(line.path("domid").asInt()).isPositive();
            }
            JsonNode log = api.get("/v1/host/console").body();
            assertThat(log.path("text").asText()).contains("crashed on cpu");
            long next = log.path("next").asLong();
            assertThat(api.get("/v1/host/console?since=" + next)
                            .body()
                            .path("text")
                            .asText())
                    .isEmpty();
        }
    }

    @Test
    void goesOnWithItsNumbersAfterARestart() throws Exception {
        List<JsonNode> before;
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            api.delete("/v1/domains/" + api.create(guest("web")));
            before = api.lines("/v1/events");
        }
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            api.create(guest("web2"));
            List<JsonNode> after = api.lines("/v1/events");
            assertThat(after.subList(1, before.size())).isEqualTo(before.subList(1, before.size()));
            for (int i = 1; i < after.size(); i++) {
                assertThat(after.get(i).path("sequence").asLong()).isEqualTo(i);
            }
        }
    }

    /** What one session was given, over all its streams. */
    private static final class Tool {
        final String session;
        final String binding;
        final TreeSet<Long> received = new TreeSet<>();
        final List<long[]> gaps = new ArrayList<>();
        long first;
        EventReader reader;

        Tool(String session, String binding) {
            this.session = session;
            this.binding = binding;
        }

        /** Takes over what the stream has brought, in order; gives up the connection. */
        void drop() {
            if (reader == null) {
                return;
            }
            reader.close();
            List<Long> sequences = reader.sequences();
            for (int i = 1; i < sequences.size(); i++) {
                assertThat(sequences.get(i)).isGreaterThan(sequences.get(i - 1));
            }
            received.addAll(sequences);
            reader.records("gap")
                    .forEach(gap -> gaps.add(new long[] {
                        gap.path("lostFrom").asLong(), gap.path("lostTo").asLong()
                    }));
            reader = null;
        }

        long last() {
            return received.isEmpty() ? 0 : received.last();
        }

        boolean hasLost(long sequence) {
            return gaps.stream().anyMatch(gap -> gap[0] <= sequence && sequence <= gap[1]);
        }
    }

    @Test
    void givesEverySessionEverythingOrSaysWhatItLost() throws Exception {
        Random random = new Random(7);
        try (RunningDaemon daemon = RunningDaemon.start(dir, Map.of("domain.max-parallel-builds", "4"))) {
            ApiClient api = daemon.api();
            List<Tool> tools = new ArrayList<>();
            ControlType[] types = {ControlType.DOMAIN, ControlType.MEM_REQUEST, ControlType.CONSOLE, ControlType.DEBUG};
            for (int i = 0; i < SESSIONS; i++) {
                String type = i % 3 == 0 ? "*" : types[random.nextInt(types.length)].name();
                Tool tool = new Tool(open(api, List.of(Map.of("type", type), Map.of("type", type))), type);
                tool.first = api.get(tool.session).body().path("acknowledged").asLong() + 1;
                tools.add(tool);
            }
            List<Socket> stuck = new ArrayList<>();
            for (int i = 0; i < STUCK; i++) {
                stuck.add(api.stuck(open(api, List.of(Map.of("type", "*"))) + "/events"));
            }
            Thread churn = new Thread(() -> churn(daemon.bus(), api), "churn");
            churn.start();
            while (churn.isAlive()) {
                Tool tool = tools.get(random.nextInt(tools.size()));
                if (tool.reader == null) {
                    tool.reader = api.events(tool.session + "/events?after=" + Math.max(tool.last(), tool.first - 1));
                } else {
                    tool.drop();
                }
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(30)).toNanos());
            }
            List<JsonNode> journal = api.lines("/v1/events");
            long newest = journal.get(journal.size() - 1).path("sequence").asLong();
            for (Tool tool : tools) {
                tool.drop();
                finish(api, tool, journal, newest);
            }
            for (Socket socket : stuck) {
                socket.close();
            }
            assertThat(daemon.stop()).isEmpty();
        }
    }

    /** Reads the rest and holds the union against the journal. */
    private static void finish(ApiClient api, Tool tool, List<JsonNode> journal, long newest) throws Exception {
        List<Long> wanted = journal.stream()
                .filter(m -> !m.has("record"))
                .filter(m -> tool.binding.equals("*") || m.path("type").asText().equals(tool.binding))
                .map(m -> m.path("sequence").asLong())
                .filter(sequence -> sequence >= tool.first)
                .toList();
        long last = wanted.isEmpty() ? 0 : wanted.get(wanted.size() - 1);
        tool.reader = api.events(tool.session + "/events?after=" + Math.max(tool.last(), tool.first - 1));
        try {
            Await.until("everything", SOON, () -> tool.last() >= last || tool.reader.last() >= last);
        } catch (AssertionError late) {
            throw new AssertionError(
                    tool.binding + " has " + tool.last() + " and now " + tool.reader.last() + " of " + last + ", "
                            + tool.reader.records().size() + " records, closed with " + tool.reader.closeCode(),
                    late);
        }
        tool.drop();
        List<Long> missing = wanted.stream()
                .filter(sequence -> !tool.received.contains(sequence) && !tool.hasLost(sequence))
                .toList();
        assertThat(missing).as("lost without a word for " + tool.binding).isEmpty();
        // By hand: the assertion of a subset compares each with each.
        Set<Long> unwanted = new TreeSet<>(tool.received.headSet(newest, true));
        unwanted.removeAll(Set.copyOf(wanted));
        assertThat(unwanted).as("not in the journal for " + tool.binding).isEmpty();
    }

    private static void churn(EventBus bus, ApiClient api) {
        List<String> guests = new ArrayList<>();
        for (int i = 0; i < DOMAINS; i++) {
            guests.add(api.create(guest("guest" + i)));
        }
        Random random = new Random(11);
        UUID talker = UUID.randomUUID();
        long end = System.nanoTime() + CHURN.toNanos();
        int made = DOMAINS;
        while (System.nanoTime() < end) {
            for (int i = 0; i < 200; i++) {
                RouteControl.ADDRESS.publish(
                        bus,
                        new RouteControl(ControlMessage.about(
                                talker, 999, ControlSubtype.DEBUG_CONNECTION_STATUS, new ControlPayload.Empty())));
            }
            int which = random.nextInt(guests.size());
            if (random.nextInt(4) == 0) {
                assertThat(api.delete("/v1/domains/" + guests.get(which)).status())
                        .isEqualTo(204);
                guests.set(which, api.create(guest("guest" + made++)));
            } else {
                api.post(
                        "/v1/requests",
                        Map.of(
                                "domain", guests.get(which),
                                "subtype", "MEM_REQUEST.SET",
                                "payload", Map.of("kind", "memory", "targetKib", 16_384 + random.nextInt(8_192))));
            }
        }
    }
}
