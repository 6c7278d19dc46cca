package dev.xcs.console;

import dev.xcs.console.ConsoleStage.Viewer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures how fast one guest's console reaches ten viewers on the bus; not a test. The budget is 1 MiB/s. */
final class ConsoleThroughput {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleThroughput.class);
    private static final int VIEWERS = 10;
    private static final int MIB = 1024 * 1024;
    private static final int ROUND_BYTES = 8 * MIB;

    private ConsoleThroughput() {}

    /** @param args how many rounds of 8 MiB, 7 if not said */
    public static void main(String[] args) {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 7;
        try (ConsoleStage stage = new ConsoleStage()) {
            UUID uuid = new UUID(0, 1);
            stage.attach(uuid, 1);
            List<Viewer> viewers = IntStream.range(0, VIEWERS)
                    .mapToObj(i -> stage.forgetfulViewer(uuid))
                    .toList();
            for (int round = 1; round <= rounds; round++) {
                double seconds = seconds(stage, viewers, (long) round * ROUND_BYTES);
                LOG.error("round {}: {} MiB/s", round, String.format("%.1f", ROUND_BYTES / seconds / MIB));
            }
        }
    }

    private static double seconds(ConsoleStage stage, List<Viewer> viewers, long upTo) {
        byte[] line = new byte[80];
        long start = System.nanoTime();
        for (int printed = 0; printed < ROUND_BYTES; printed += line.length) {
            stage.host.guest(1).print(printed + line.length <= ROUND_BYTES ? line : new byte[ROUND_BYTES - printed]);
        }
        while (!viewers.stream().allMatch(viewer -> viewer.count() >= upTo)) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
        return (double) (System.nanoTime() - start) / Duration.ofSeconds(1).toNanos();
    }
}
