package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionCookiesTest {
    private static final Duration LIFETIME = Duration.ofHours(12);

    @TempDir
    Path dir;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

    private SessionCookies cookies(String place) {
        return new SessionCookies(AdminToken.loadOrCreate(dir.resolve(place)), now::get, LIFETIME);
    }

    @Test
    void outliveTheDaemonButNotTheirTime() {
        String cookie = cookies("state").issue();

        SessionCookies afterARestart = cookies("state");
        assertThat(afterARestart.accepts(cookie)).isTrue();
        now.set(now.get().plus(LIFETIME).minusSeconds(1));
        assertThat(afterARestart.accepts(cookie)).isTrue();
        now.set(now.get().plusSeconds(1));
        assertThat(afterARestart.accepts(cookie)).isFalse();
    }

    @Test
    void endWithTheToken() {
        assertThat(cookies("other").accepts(cookies("state").issue())).isFalse();
    }

    @Test
    void areNoTwoTheSame() {
        SessionCookies cookies = cookies("state");
        assertThat(cookies.issue()).isNotEqualTo(cookies.issue());
    }

    @Test
    void cannotBeMadeToLastLonger() {
        SessionCookies cookies = cookies("state");
        String cookie = cookies.issue();
        long end = Long.parseLong(cookie.substring(0, cookie.indexOf('.')));

        assertThat(cookies.accepts((end + 1) + cookie.substring(cookie.indexOf('.'))))
                .isFalse();
        assertThat(cookies.accepts("9" + cookie)).isFalse();
    }

    @Test
    void areRefusedWhenAnyCharacterIsAnother() {
        SessionCookies cookies = cookies("state");
        String cookie = cookies.issue();

        for (int i = 0; i < cookie.length(); i++) {
            char other = cookie.charAt(i) == '1' ? '2' : '1';
            String altered = cookie.substring(0, i) + other + cookie.substring(i + 1);
            assertThat(cookies.accepts(altered)).as("altered at " + i).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "1767225600", "99999999999999999999.x.y", "a.b.c"})
    void areRefusedWhenTheyAreNone(String cookie) {
        assertThat(cookies("state").accepts(cookie)).isFalse();
    }
}
