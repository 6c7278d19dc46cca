package dev.xcs.domain;

import dev.xcs.model.DomainState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What is counted of domains. */
final class DomainMeters {
    private final MeterRegistry registry;
    private final List<Gauge> gauges = new ArrayList<>();
    private final Map<DomainState, AtomicInteger> byState = new EnumMap<>(DomainState.class);

    DomainMeters(MeterRegistry registry) {
        this.registry = registry;
        for (DomainState state : DomainState.values()) {
            AtomicInteger count = new AtomicInteger();
            byState.put(state, count);
            gauges.add(Gauge.builder("xcs.domains", count, AtomicInteger::get)
                    .description("Domains of the host by their state")
                    .tag("state", state.json())
                    .register(registry));
        }
    }

    /** A domain has come (from nothing), changed its state, or gone (to nothing). */
    void moved(@Nullable DomainState from, @Nullable DomainState to) {
        if (from != null) {
            count(from).decrementAndGet();
        }
        if (to != null) {
            count(to).incrementAndGet();
        }
    }

    /** Nobody counts any more. */
    void close() {
        gauges.forEach(registry::remove);
    }

    private AtomicInteger count(DomainState state) {
        return byState.computeIfAbsent(state, any -> new AtomicInteger());
    }

    void created() {
        count("xcs.domain.creations", "Domains that were created");
    }

    void creationFailed(String step) {
        count(
                "xcs.domain.creation.failures",
                "Domains that could not be created, by the step that failed",
                "step",
                step);
    }

    void destroyed() {
        count("xcs.domain.destructions", "Domains that were destroyed");
    }

    void restarted() {
        count("xcs.domain.restarts", "Domains that were booted again");
    }

    private void count(String name, String description, String... tags) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment();
    }

    void stepTook(String step, long nanos) {
        Timer.builder("xcs.domain.creation.step")
                .description("Time that a step of a domain's creation takes")
                .tag("step", step)
                .register(registry)
                .record(Duration.ofNanos(nanos));
    }
}
