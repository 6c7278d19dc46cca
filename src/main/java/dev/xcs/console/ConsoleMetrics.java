package dev.xcs.console;

import dev.xcs.journal.ConsoleLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What the console switch tells of itself. */
final class ConsoleMetrics {
    private static final Duration[] BUCKETS = Stream.of(
                    10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Counter printedBytes;
    private final Counter typedBytes;
    private final Counter refusedBytes;
    private final AtomicInteger attached = new AtomicInteger();

    ConsoleMetrics(MeterRegistry metrics, ConsoleLog log) {
        registry = metrics;
        printedBytes = bytes(metrics, "xcs.console.printed", "Bytes that guests printed");
        typedBytes = bytes(metrics, "xcs.console.typed", "Bytes that were put into guests' input rings");
        refusedBytes =
                bytes(metrics, "xcs.console.refused", "Typed bytes that were refused because the guest does not read");
        Gauge.builder("xcs.console.attached", attached, AtomicInteger::get)
                .description("Consoles that are attached")
                .register(metrics);
        Gauge.builder("xcs.console.history", log, ConsoleLog::bytes)
                .description("What the histories of all consoles take on disk")
                .baseUnit("bytes")
                .register(metrics);
        Gauge.builder("xcs.console.history.suspended", log, now -> now.isSuspended() ? 1 : 0)
                .description(
                        "Whether what guests print is not kept, because the disk is nearly full or cannot be written")
                .register(metrics);
    }

    private static Counter bytes(MeterRegistry metrics, String name, String description) {
        return Counter.builder(name).description(description).baseUnit("bytes").register(metrics);
    }

    /** A boot has come so far, in this time since its making began. */
    void reached(String milestone, Duration taken) {
        Timer.builder("xcs.boot.milestone")
                .description("How long boots took to each milestone, since their making began")
                .tag("milestone", milestone)
                .serviceLevelObjectives(BUCKETS)
                .register(registry)
                .record(taken);
    }

    void printed(int bytes) {
        printedBytes.increment(bytes);
    }

    void typed(int bytes) {
        typedBytes.increment(bytes);
    }

    void refused(int bytes) {
        refusedBytes.increment(bytes);
    }

    void attached() {
        attached.incrementAndGet();
    }

    void detached() {
        attached.decrementAndGet();
    }
}
