package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.testing.Await;
import dev.xcs.testing.DaemonProcess;
import dev.xcs.testing.DeviceStorm;
import dev.xcs.testing.SequenceReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** The daemon is killed in the middle of a storm, again and again: what a tool has seen stays as it was, and the numbers go on. */
class CrashTest {
    private static final int LIVES = 3;
    private static final int MESSAGES_A_SECOND = 4000;
    private static final int SEEN_BEFORE_THE_KILL = 1500;
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private final Seen seen = new Seen();

    /** What a tool was given, over all lives. */
    private static final class Seen implements SequenceReader.Taker {
        private final Map<Long, String> records = new TreeMap<>();
        private long last;

        @Override
        public synchronized void message(long sequence, String record) {
            assertThat(sequence).as("the one after " + last).isEqualTo(last + 1);
            last = sequence;
            records.put(sequence, record);
        }

        @Override
        public synchronized void other(JsonNode record) {
            assertThat(record.path("record").asText()).isNotEqualTo("gap");
        }

        @Override
        public synchronized void gone(String why) {
            // That is what the test is about.
        }

        synchronized long last() {
            return last;
        }

        synchronized Map<Long, String> records() {
            return new TreeMap<>(records);
        }
    }

    @Test
    void losesAndDoublesNothingThatWasSeenWhenItIsKilled(TestReporter reporter) throws Exception {
        for (int life = 0; life < LIVES; life++) {
            try (DaemonProcess daemon = DaemonProcess.start(dir)) {
                checkWhatWasSeen(daemon);
                long before = seen.last();
                CompletableFuture<Void> storm = CompletableFuture.runAsync(() -> storm(daemon));
                try (SequenceReader reader = follow(daemon)) {
                    Await.until("the storm is seen", SOON, () -> seen.last() >= before + SEEN_BEFORE_THE_KILL);
                    assertThat(storm).as("the storm goes on").isNotDone();
                    daemon.kill();
                    storm.handle((done, failure) -> failure).get();
                }
                reporter.publishEntry("seen in life " + life, Long.toString(seen.last() - before));
                if (life % 2 == 1) {
                    tear(daemon.newestSegment());
                }
            }
        }
        try (DaemonProcess daemon = DaemonProcess.start(dir)) {
            checkWhatWasSeen(daemon);
        }
    }

    private SequenceReader follow(DaemonProcess daemon) throws IOException {
        return SequenceReader.open(daemon.address(), "/v1/events?since=" + seen.last(), daemon.token(), seen);
    }

    /** For longer than anybody waits: it ends when the daemon does. */
    private static void storm(DaemonProcess daemon) {
        List<Integer> domids = IntStream.rangeClosed(1, 100).boxed().toList();
        try (DeviceStorm storm = new DeviceStorm(daemon.xenstored(), domids)) {
            storm.run(0, 300L * MESSAGES_A_SECOND, MESSAGES_A_SECOND);
        } catch (IOException killed) {
            throw new UncheckedIOException(killed);
        }
    }

    /** A record of which not all came to the file: as a kill in the middle of writing leaves it. */
    private static void tear(Path segment) throws IOException {
        ByteBuffer torn = ByteBuffer.allocate(8 + 20).putInt(300).putInt(1).put("{\"sequence\":".getBytes());
        Files.write(segment, torn.array(), StandardOpenOption.APPEND);
    }

    private void checkWhatWasSeen(DaemonProcess daemon) throws Exception {
        List<JsonNode> lines = daemon.api().lines("/v1/events");
        List<JsonNode> journal = lines.subList(1, lines.size());
        Map<Long, String> records = seen.records();
        Set<String> told = new HashSet<>();
        for (int i = 0; i < journal.size(); i++) {
            JsonNode message = journal.get(i);
            long sequence = message.path("sequence").asLong();
            assertThat(sequence).as("the number of line " + i).isEqualTo(i + 1);
            String record = records.remove(sequence);
            if (record != null) {
                assertThat(message).isEqualTo(JSON.readTree(record).path("message"));
            }
            String content = message.path("time").asText() + message.path("domid") + message.path("payload");
            assertThat(told.add(content)).as("told once: " + message).isTrue();
        }
        assertThat(records).as("seen, but not in the journal").isEmpty();
    }
}
