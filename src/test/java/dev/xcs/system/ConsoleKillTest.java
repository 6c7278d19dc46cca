package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleProcess;
import dev.xcs.testing.ConsoleViewer;
import dev.xcs.testing.SharedConsole;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** The daemon is killed again and again under a guest that prints as fast as it can: nobody misses a byte or sees one twice. */
class ConsoleKillTest {
    private static final int LIVES = 4;
    private static final int VIEWERS = 3;
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    /** Every line says where in the guest's output it stands, so that each byte is known by its offset. */
    private static byte[] lines(long from, int count) {
        StringBuilder text = new StringBuilder();
        for (long at = from; at < from + 16L * count; at += 16) {
            text.append(String.format("%014d\r\n", at));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** A guest that does not stop until it is told. */
    private static final class Printer {
        private final AtomicBoolean going = new AtomicBoolean(true);
        private final AtomicLong printed = new AtomicLong();
        private final CompletableFuture<Void> done;

        Printer(SharedConsole console) {
            done = CompletableFuture.runAsync(() -> print(console));
        }

        private void print(SharedConsole console) {
            while (going.get()) {
                byte[] some = lines(printed.get(), 256);
                int at = 0;
                while (at < some.length) {
                    at += console.offer(some, at, some.length - at);
                }
                printed.addAndGet(some.length);
            }
        }

        long stop() throws Exception {
            going.set(false);
            done.get();
            return printed.get();
        }
    }

    /** What one viewer has seen over all its connections. */
    private static final class Witness {
        private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
        private final List<String> gaps = new ArrayList<>();
        private ConsoleViewer viewer;

        long next() {
            return seen.size() + (viewer == null ? 0 : viewer.bytes().length);
        }

        void attach(ConsoleProcess daemon) throws Exception {
            viewer = daemon.api().viewer(ConsoleProcess.GUEST.toString(), "?offset=" + seen.size());
        }

        /** The connection is lost; what came by it is kept. */
        void detach() throws Exception {
            assertThat(viewer.breaks()).isEmpty();
            for (String control : viewer.controls()) {
                JsonNode frame = JSON.readTree(control);
                if (frame.path("type").asText().equals("gap")) {
                    gaps.add(control);
                }
            }
            seen.writeBytes(viewer.bytes());
            viewer.close();
            viewer = null;
        }
    }

    @Test
    void aKilledDaemonLosesAndDoublesNoByte(TestReporter reporter) throws Exception {
        Random random = new Random(5);
        List<Witness> witnesses = new ArrayList<>();
        for (int i = 0; i < VIEWERS; i++) {
            witnesses.add(new Witness());
        }
        Printer printer = null;
        long printed = 0;
        for (int life = 0; life < LIVES; life++) {
            try (ConsoleProcess daemon = ConsoleProcess.start(dir, 512L << 20, life > 0)) {
                printer = printer == null ? new Printer(daemon.guest()) : printer;
                for (Witness witness : witnesses) {
                    witness.attach(daemon);
                }
                long until = witnesses.get(0).next() + (1 << 20) + random.nextInt(1 << 18);
                Witness first = witnesses.get(0);
                Await.until("a MiB is seen", SOON, () -> first.next() >= until);
                if (life + 1 < LIVES) {
                    LockSupport.parkNanos(random.nextInt(3_000_000));
                    daemon.kill();
                } else {
                    printed = printer.stop();
                    for (Witness witness : witnesses) {
                        long all = printed;
                        Await.until("all is seen", SOON, () -> witness.next() >= all);
                    }
                }
                for (Witness witness : witnesses) {
                    witness.detach();
                }
            }
        }
        reporter.publishEntry("bytes", Long.toString(printed));
        byte[] expected = lines(0, (int) (printed / 16));
        for (Witness witness : witnesses) {
            assertThat(witness.gaps).isEmpty();
            assertThat(witness.seen.size()).isEqualTo(expected.length);
            assertThat(witness.seen.toByteArray()).isEqualTo(expected);
        }
    }
}
