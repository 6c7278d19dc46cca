package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ExpiringTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final Expiring secrets = new Expiring(now::get, Duration.ofMinutes(10), 2);

    @Test
    void acceptsASecretUntilItsEnd() {
        String early = secrets.issue();
        String late = secrets.issue();

        now.set(Instant.EPOCH.plus(Duration.ofMinutes(10)).minusMillis(1));
        assertThat(secrets.redeem(early)).isTrue();
        now.set(Instant.EPOCH.plus(Duration.ofMinutes(10)));
        assertThat(secrets.redeem(late)).isFalse();
    }

    @Test
    void redeemsOnce() {
        String secret = secrets.issue();

        assertThat(secrets.redeem(secret)).isTrue();
        assertThat(secrets.redeem(secret)).isFalse();
        assertThat(secrets.redeem("another")).isFalse();
    }

    @Test
    void forgetsTheOldestWhenThereAreTooMany() {
        String first = secrets.issue();
        String second = secrets.issue();
        String third = secrets.issue();

        assertThat(secrets.redeem(first)).isFalse();
        assertThat(secrets.redeem(second)).isTrue();
        assertThat(secrets.redeem(third)).isTrue();
    }

    @Test
    void slowsDownOnlyWithinOneWindow() {
        FailureWindow window = new FailureWindow(now::get);
        for (int i = 0; i < FailureWindow.ALLOWED; i++) {
            assertThat(window.exceeded()).isFalse();
        }
        assertThat(window.exceeded()).isTrue();

        now.set(now.get().plus(FailureWindow.LENGTH).plusMillis(1));
        assertThat(window.exceeded()).isFalse();
    }
}
