package dev.xcs.evtchn;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the poller tells of itself; written on its event loop, read by whoever scrapes. */
final class PollerMetrics {
    private final Counter wakeups;
    private final Counter events;
    private final Counter overflows;
    private final Counter unknown;
    private final Counter ownerFailures;
    private final AtomicInteger watched = new AtomicInteger();
    private final AtomicLong topNanos = new AtomicLong(System.nanoTime());

    PollerMetrics(MeterRegistry metrics) {
        wakeups = counter(metrics, "xcs.evtchn.wakeups", "Batches of events taken, empty ones included");
        events = counter(metrics, "xcs.evtchn.events", "Event channel ports that fired");
        overflows = counter(metrics, "xcs.evtchn.overflows", "Batches that may have lost events");
        unknown = counter(metrics, "xcs.evtchn.unknown", "Events of ports that are not watched");
        ownerFailures = counter(metrics, "xcs.evtchn.owner.failures", "Events whose owner failed or did not answer");
        Gauge.builder("xcs.evtchn.watched", watched, AtomicInteger::get)
                .description("Event channel ports that are watched")
                .register(metrics);
        Gauge.builder("xcs.evtchn.loop.age", topNanos, PollerMetrics::ageSeconds)
                .description("Time since the poller was last at the top of its loop")
                .baseUnit("seconds")
                .register(metrics);
    }

    private static Counter counter(MeterRegistry metrics, String name, String description) {
        return Counter.builder(name).description(description).register(metrics);
    }

    private static double ageSeconds(AtomicLong top) {
        return (double) (System.nanoTime() - top.get()) / Duration.ofSeconds(1).toNanos();
    }

    void atTop() {
        topNanos.set(System.nanoTime());
    }

    void batch(int ports, boolean overflowed) {
        wakeups.increment();
        events.increment(ports);
        overflows.increment(overflowed ? 1 : 0);
    }

    void unknownPort() {
        unknown.increment();
    }

    void ownerFailed() {
        ownerFailures.increment();
    }

    void watching(int ports) {
        watched.set(ports);
    }
}
