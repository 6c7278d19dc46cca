package dev.xcs.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/** How long one kind of native call takes, and how often it fails. */
final class CallMeter {
    private final Timer calls;
    private final Counter failures;

    CallMeter(MeterRegistry metrics, String call) {
        this.calls = Timer.builder("xcs.native.calls")
                .description("Time native calls take on their thread")
                .tag("call", call)
                .register(metrics);
        this.failures = Counter.builder("xcs.native.failures")
                .description("Native calls that failed")
                .tag("call", call)
                .register(metrics);
    }

    <T> T record(Supplier<T> call) {
        Timer.Sample since = Timer.start();
        boolean done = false;
        try {
            T answer = call.get();
            done = true;
            return answer;
        } finally {
            since.stop(calls);
            if (!done) {
                failures.increment();
            }
        }
    }
}
