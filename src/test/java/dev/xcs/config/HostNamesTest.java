package dev.xcs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNamesTest {
    private final HostNames names = new HostNames("127.0.0.3", List.of("Xen.example", "[fd00::1]"));

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "LOCALHOST:80, true",
        "127.0.0.1:1, true",
        "[::1], true",
        "[::1]:8080, true",
        "xen.example:8080, true",
        "[fd00::1]:8080, true",
        "::1, false",
        "localhost., false",
        "localhost:x, false",
        "localhost:80:80, false",
        "127.0.0.2, false",
        "127.0.0.3:8080, true",
        "evil.example, false",
        "'', false",
        "':', false",
    })
    void acceptsLoopbackAndWhatIsConfigured(String host, boolean accepted) {
        assertThat(names.accept(host)).isEqualTo(accepted);
    }

    @Test
    void acceptsNoRequestWithoutAHost() {
        assertThat(names.accept(null)).isFalse();
    }
}
