package dev.xcs.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import dev.xcs.testing.LeaseContest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Consoles for many on real Xen; scripts/lab up has to have run. {@code xcs.lab.viewers}, {@code xcs.lab.steals} and {@code xcs.lab.kib} ask for
 * another size.
 */
@EnabledIfEnvironmentVariable(
        named = Lab.VARIABLE,
        matches = ".+",
        disabledReason = "no lab: run scripts/lab up and set XCS_LAB to the project root")
class ConsoleLabIT {
    private static final int VIEWERS = Integer.getInteger("xcs.lab.viewers", 50);
    private static final int STEALS = Integer.getInteger("xcs.lab.steals", 1000);
    private static final int KIB = Integer.getInteger("xcs.lab.kib", 1024);
    private static final Duration STEAL_EVERY = Duration.ofMillis(30);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration BOOT = Duration.ofSeconds(120);
    private static final ObjectMapper JSON = new ObjectMapper();

    private ApiClient api;

    @BeforeEach
    void connect() throws Exception {
        api = Lab.api();
    }

    @AfterEach
    void removeGuests() throws Exception {
        Lab.removeGuests();
    }

    @Test
    void showsTheBootOfAGuestThatXlMadeAndAnswersWhatIsTyped() throws Exception {
        // Paused, so that somebody looks before it prints.
        Lab.exec("sh", "-c", "sed '/^vif/d' /opt/lab/linux.cfg.xl > /tmp/theirs.cfg && xl create -q -p /tmp/theirs.cfg")
                .expectOk();
        Await.until("the guest is listed", SOON, () -> foreign() != null);
        String uuid = foreign().path("uuid").asText();
        String name = foreign().path("name").asText();
        String tty = "/local/domain/" + foreign().path("domid").asInt() + "/console/tty";
        Await.until(
                "xenconsoled shows it",
                SOON,
                () -> Lab.exec("xenstore-read", tty).exit() == 0);
        try (ConsoleViewer console = api.viewer(uuid, "")) {
            JsonNode hello = JSON.readTree(console.awaitControl("\"type\":\"hello\"", SOON));
            assertThat(hello.path("shared").asBoolean()).isTrue();
            Lab.exec("xl", "unpause", name).expectOk();
            console.awaitText("GUEST-UP", BOOT);
            console.takeLease();
            assertThat(GuestShell.run(console, "echo 6 times 7 is $((6*7))")).contains("6 times 7 is 42");
            assertThat(console.breaks()).isEmpty();
            Lab.exec("xl", "destroy", name).expectOk();
            console.awaitControl("\"type\":\"end\"", SOON);
        }
    }

    private JsonNode foreign() {
        for (JsonNode domain : api.get("/v1/domains").body()) {
            if (domain.path("domid").asInt() != 0 && !domain.path("managed").asBoolean()) {
                return domain;
            }
        }
        return null;
    }

    @Test
    void onlyTheHoldersBytesReachTheGuestHoweverOftenTheLeaseIsStolen(TestReporter reporter) throws Exception {
        String uuid = api.create(Lab.linux("contest"));
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("GUEST-UP", BOOT);
            // The end of it is what no typist types.
            console.type(
                    "stty -icanon -echo; echo RECORDS; awk 'BEGIN{RS=\"#\"} {print > \"/got\"; exit}'; stty sane\n");
            console.awaitText("\r\nRECORDS", SOON);
            try (LeaseContest contest = new LeaseContest(api, uuid, VIEWERS, STEAL_EVERY)) {
                contest.run(STEALS, new Random(11));
                console.takeLease();
                console.type("#");
                String input = GuestShell.run(console, "cat /got");
                contest.check(input.replaceAll("\\s", ""));
                reporter.publishEntry("words", Integer.toString(contest.words()));
                reporter.publishEntry(
                        "turns", Integer.toString(contest.holders().size()));
                assertThat(contest.words()).isPositive();
                assertThat(contest.holders().size()).isGreaterThan(STEALS / 2);
            }
        }
    }

    /** What one viewer was sent over its connections: each piece by its offset, each gap with its bounds. */
    private static final class Witness {
        /** Longer than any frame or buffer on the way, so that none can be missing or doubled unseen. */
        private static final int PERIOD = 256 * 1024;

        private final List<byte[]> pieces = new ArrayList<>();
        private final List<Long> offsets = new ArrayList<>();
        private long missing;
        private long next;

        static long begin(ConsoleViewer viewer) throws Exception {
            return JSON.readTree(viewer.awaitControl("\"type\":\"hello\"", SOON))
                    .path("offset")
                    .asLong();
        }

        /** Adds what one connection has brought; every byte from the one on that it had to begin with is there or told to be missing. */
        void add(ConsoleViewer viewer) throws Exception {
            assertThat(viewer.breaks()).isEmpty();
            byte[] bytes = viewer.bytes();
            long at = begin(viewer);
            int taken = 0;
            for (String control : viewer.controls()) {
                JsonNode gap = JSON.readTree(control);
                if (gap.path("type").asText().equals("gap")) {
                    int before = Math.toIntExact(gap.path("from").asLong() - at);
                    add(at, bytes, taken, before);
                    taken += before;
                    at = gap.path("to").asLong();
                    missing += at - gap.path("from").asLong();
                }
            }
            add(at, bytes, taken, bytes.length - taken);
            next = at + bytes.length - taken;
        }

        private void add(long offset, byte[] bytes, int from, int length) {
            offsets.add(offset);
            byte[] piece = new byte[length];
            System.arraycopy(bytes, from, piece, 0, length);
            pieces.add(piece);
        }

        /** Compares with a guest that has printed lines of 64 bytes, which say where in their period they begin, from an offset on. */
        void check(long begin, long length) {
            long seen = 0;
            for (int i = 0; i < pieces.size(); i++) {
                byte[] piece = pieces.get(i);
                for (int j = 0; j < piece.length; j++) {
                    long at = offsets.get(i) + j - begin;
                    if (at >= 0 && at < length) {
                        seen++;
                        if (piece[j] != expected(at)) {
                            throw new AssertionError("Byte " + at + " of what the guest printed is " + piece[j]);
                        }
                    }
                }
            }
            assertThat(seen + missing)
                    .as("what was seen and what was told to be missing")
                    .isEqualTo(length);
        }

        private static byte expected(long at) {
            int column = (int) (at % 64);
            if (column >= 62) {
                return (byte) (column == 62 ? '\r' : '\n');
            }
            long line = at % PERIOD - column;
            for (int i = column; i < 61; i++) {
                line /= 10;
            }
            return (byte) ('0' + line % 10);
        }
    }

    @Test
    void aKilledDaemonLosesNoByteOfAGuestThatPrintsAsFastAsItCan(TestReporter reporter) throws Exception {
        String uuid = api.create(Lab.linux("floods"));
        long length = (long) KIB << 10;
        Witness one = new Witness();
        Witness two = new Witness();
        long begin;
        double seconds;
        long rateFrom;
        try (ConsoleViewer console = api.console(uuid);
                ConsoleViewer other = api.viewer(uuid, "")) {
            console.awaitText("GUEST-UP", BOOT);
            // Made before, and awk is slow: what is measured is the console. The kernel says nothing in between, of
            // stalls for one.
            console.type(
                    "dmesg -n 1; echo 0 > /proc/sys/kernel/watchdog; stty -echo; awk 'BEGIN{for(i=0;i<" + Witness.PERIOD
                            + ";i+=64) printf \"%062d\\n\", i}' > /part; "
                            + "for i in $(seq " + length / Witness.PERIOD + "); do cat /part; done > /flood; "
                            + "echo BEG''IN; cat /flood; echo EN''D\n");
            String shown = console.awaitText("\r\nBEGIN\r\n", SOON);
            begin = Witness.begin(console) + shown.indexOf("\r\nBEGIN\r\n") + "\r\nBEGIN\r\n".length();
            rateFrom = console.next();
            long start = System.nanoTime();
            long half = begin + length / 2;
            Await.until("half of it is seen", BOOT, () -> console.next() > half && other.next() > half);
            seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
            reporter.publishEntry(
                    "KiB/s to two viewers", String.format("%.0f", (console.next() - rateFrom) / 1024 / seconds));
            Lab.lab("daemon", "kill9").expectOk();
            Await.until("they are cut", SOON, () -> console.closeCode() != 0 && other.closeCode() != 0);
            one.add(console);
            two.add(other);
        }
        Lab.lab("daemon", "start").expectOk();
        try (ConsoleViewer console = Lab.api().viewer(uuid, "?offset=" + one.next);
                ConsoleViewer other = Lab.api().viewer(uuid, "?offset=" + two.next)) {
            Await.until(
                    "all of it is seen",
                    BOOT,
                    () -> console.next() >= begin + length && other.next() >= begin + length);
            one.add(console);
            two.add(other);
        }
        one.check(begin, length);
        two.check(begin, length);
        reporter.publishEntry("missing", one.missing + " and " + two.missing);
        assertThat(one.missing + two.missing).isLessThan(length);
    }
}
