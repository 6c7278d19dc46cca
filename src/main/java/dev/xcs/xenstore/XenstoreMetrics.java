package dev.xcs.xenstore;

import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Op;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What the client counts; Prometheus shows {@code xcs_xenstore_requests_total{operation="read"}} and so on. */
final class XenstoreMetrics {
    /** The meters of one operation. */
    private record Operation(Counter requests, Counter failures, Timer timer) {
        private static Operation register(Op op, MeterRegistry registry) {
            String tag = op.name().toLowerCase(Locale.ROOT);
            return new Operation(
                    counter("requests", "Requests sent to xenstored", registry, "operation", tag),
                    counter("failures", "Requests that xenstored refused", registry, "operation", tag),
                    Timer.builder("xcs.xenstore.request")
                            .description("From sending a request to its reply")
                            .tag("operation", tag)
                            .register(registry));
        }
    }

    private final Map<Op, Operation> operations = new EnumMap<>(Op.class);
    private final MeterRegistry registry;
    private final Counter watchEvents;
    private final Counter conflicts;
    private final Counter reconnects;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger watches = new AtomicInteger();

    XenstoreMetrics(MeterRegistry registry) {
        this.registry = registry;
        watchEvents = counter("watch.events", "Watch events received", registry);
        conflicts = counter("transaction.conflicts", "Transactions that met a conflict", registry);
        reconnects = counter("reconnects", "Connections made after one was lost", registry);
        gauge("in.flight", "Requests sent and not answered yet", inFlight, registry);
        gauge("waiting", "Requests waiting to be sent", waiting, registry);
        gauge("watches", "Watches in force", watches, registry);
    }

    void sent(Op op) {
        of(op).requests().increment();
    }

    void answered(Op op, long nanos) {
        of(op).timer().record(nanos, TimeUnit.NANOSECONDS);
    }

    /** ENOENT is an answer, and EAGAIN a conflict; the rest are failures. */
    void refused(Op op, String errnoName) {
        if (errnoName.equals(Errno.EAGAIN.name())) {
            conflicts.increment();
        } else if (!errnoName.equals(Errno.ENOENT.name())) {
            of(op).failures().increment();
        }
    }

    void watchEvent() {
        watchEvents.increment();
    }

    void reconnected() {
        reconnects.increment();
    }

    void load(int inFlightNow, int waitingNow) {
        inFlight.set(inFlightNow);
        waiting.set(waitingNow);
    }

    void watches(int now) {
        watches.set(now);
    }

    private Operation of(Op op) {
        return operations.computeIfAbsent(op, o -> Operation.register(o, registry));
    }

    private static Counter counter(String name, String description, MeterRegistry registry, String... tags) {
        return Counter.builder("xcs.xenstore." + name)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private static void gauge(String name, String description, AtomicInteger value, MeterRegistry registry) {
        Gauge.builder("xcs.xenstore." + name, value, AtomicInteger::get)
                .description(description)
                .register(registry);
    }
}
