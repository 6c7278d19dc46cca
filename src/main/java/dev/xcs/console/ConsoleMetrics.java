package dev.xcs.console;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What the console switch tells of itself. */
final class ConsoleMetrics {
    private final Counter printedBytes;
    private final Counter typedBytes;
    private final Counter refusedBytes;
    private final AtomicInteger attached = new AtomicInteger();

    ConsoleMetrics(MeterRegistry metrics) {
        printedBytes = bytes(metrics, "xcs.console.printed", "Bytes that guests printed");
        typedBytes = bytes(metrics, "xcs.console.typed", "Bytes that were put into guests' input rings");
        refusedBytes =
                bytes(metrics, "xcs.console.refused", "Typed bytes that were refused because the guest does not read");
        Gauge.builder("xcs.console.attached", attached, AtomicInteger::get)
                .description("Consoles that are attached")
                .register(metrics);
    }

    private static Counter bytes(MeterRegistry metrics, String name, String description) {
        return Counter.builder(name).description(description).baseUnit("bytes").register(metrics);
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
