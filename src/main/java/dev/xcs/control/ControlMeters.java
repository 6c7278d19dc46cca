package dev.xcs.control;

import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlSubtype;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of control messages. */
final class ControlMeters {
    private final Map<ControlSubtype, Counter> messages = new EnumMap<>(ControlSubtype.class);
    private final Timer lag;
    private final Counter dropped;
    private final Counter failures;
    private final Counter gaps;
    /** Numbered and not yet shown. */
    private final AtomicInteger queued = new AtomicInteger();

    ControlMeters(MeterRegistry meters) {
        for (ControlSubtype subtype : ControlSubtype.values()) {
            messages.put(
                    subtype,
                    Counter.builder("xcs.control.messages")
                            .description("Control messages numbered")
                            .tag("message", subtype.json())
                            .register(meters));
        }
        this.lag = Timer.builder("xcs.control.lag")
                .description("From the time of a control message to when readers can have it, on disk")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(2),
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(50),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5))
                .register(meters);
        this.dropped = Counter.builder("xcs.control.dropped")
                .description(
                        "Control messages given up before they got a number, because the journal could not be written in time")
                .register(meters);
        this.failures = Counter.builder("xcs.journal.write.failures")
                .description("Batches that could not be written to the event journal")
                .register(meters);
        this.gaps = Counter.builder("xcs.control.gaps")
                .description("Times that a reader was told of messages which the journal no longer has")
                .register(meters);
        Gauge.builder("xcs.control.queued", queued, AtomicInteger::get)
                .description("Control messages that have a number and wait for the journal, so that no reader has them")
                .register(meters);
    }

    void numbered(ControlMessage message) {
        queued.incrementAndGet();
        Counter counter = messages.get(message.subtype());
        if (counter != null) {
            counter.increment();
        }
    }

    void shown(ControlMessage message, Instant now) {
        queued.decrementAndGet();
        lag.record(Duration.between(message.time(), now));
    }

    void dropped() {
        dropped.increment();
    }

    void notWritten() {
        failures.increment();
    }

    void gap() {
        gaps.increment();
    }
}
