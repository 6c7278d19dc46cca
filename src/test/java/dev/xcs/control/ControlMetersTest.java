package dev.xcs.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ControlMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ControlMeters meters = new ControlMeters(registry);

    private static ControlMessage message() {
        return ControlMessage.about(
                UUID.randomUUID(), 1, ControlSubtype.CONSOLE_MILESTONE, new ControlPayload.Milestone("said"));
    }

    private double queued() {
        return registry.get("xcs.control.queued").gauge().value();
    }

    @Test
    void whatIsNumberedIsQueuedUntilItIsShown() {
        ControlMessage first = message();
        ControlMessage second = message();
        meters.numbered(first);
        meters.numbered(second);
        assertThat(queued()).isEqualTo(2);
        meters.shown(first, first.time().plusMillis(3));
        assertThat(queued()).isEqualTo(1);
        meters.shown(second, second.time().plusMillis(4));
        assertThat(queued()).isZero();
    }

    @Test
    void countsByWhatWasSaidAndTimesUntilItIsShown() {
        ControlMessage message = message();
        meters.numbered(message);
        meters.shown(message, message.time().plus(Duration.ofMillis(7)));
        assertThat(registry.get("xcs.control.messages")
                        .tag("message", "CONSOLE.MILESTONE")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("xcs.control.messages")
                        .tag("message", "SHUTDOWN.SYSRQ")
                        .counter()
                        .count())
                .isZero();
        assertThat(registry.get("xcs.control.lag").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(7);
    }
}
