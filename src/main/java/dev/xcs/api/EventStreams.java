package dev.xcs.api;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashSet;
import java.util.Set;

/** All streams of events, of a bounded number. */
final class EventStreams {
    static final int MAX = 512;

    private final Set<EventPump> open = new LinkedHashSet<>();
    private int taken;

    EventStreams(MeterRegistry meters) {
        Gauge.builder("xcs.events.streams", this, all -> all.taken)
                .description("Streams of events that are read.")
                .register(meters);
    }

    /** Takes a place, which {@link Place#free} gives back; refuses when there is none. */
    Place take() {
        if (taken >= MAX) {
            throw Problem.of(ProblemType.TOO_MANY, "There are " + MAX + " streams of events, the maximum")
                    .asRetryable()
                    .toException();
        }
        taken++;
        return new Place();
    }

    /** A stream's place. */
    final class Place {
        private boolean freed;

        void free() {
            if (!freed) {
                freed = true;
                taken--;
            }
        }
    }

    void opened(EventPump pump) {
        open.add(pump);
    }

    void closed(EventPump pump) {
        open.remove(pump);
    }

    /** Sends everybody away. */
    void close() {
        Set.copyOf(open).forEach(pump -> pump.end(EventRecord.End.of(EventPump.STOPPING)));
    }
}
