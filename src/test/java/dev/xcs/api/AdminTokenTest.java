package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.model.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminTokenTest {
    @TempDir
    Path dir;

    @Test
    void isMadeOncePrivateAndWithoutLeftovers() throws IOException {
        Path state = dir.resolve("deep/state");

        AdminToken.loadOrCreate(state);

        Path file = state.resolve("admin.token");
        String text = Files.readString(file).strip();
        assertThat(text).matches("[A-Za-z0-9_-]{43}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
        AdminToken again = AdminToken.loadOrCreate(state);
        assertThat(again.matches(text)).isTrue();
        assertThat(again.matches(text.substring(1))).isFalse();
        assertThat(again.matches("")).isFalse();
        try (Stream<Path> files = Files.list(state)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void isAnotherInEveryPlace() {
        assertThat(AdminToken.loadOrCreate(dir.resolve("a")).cookieName())
                .isNotEqualTo(AdminToken.loadOrCreate(dir.resolve("b")).cookieName());
    }

    @Test
    void isMadePrivateWhenItWasNot() throws IOException {
        AdminToken.loadOrCreate(dir);
        Path file = dir.resolve("admin.token");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        AdminToken.loadOrCreate(dir);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "no token but a sentence that is long enough to pass for one"})
    void refusesAFileThatHoldsNoToken(String text) throws IOException {
        Files.writeString(dir.resolve("admin.token"), text);

        assertThatThrownBy(() -> AdminToken.loadOrCreate(dir))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("admin.token");
    }

    @Test
    void refusesADirectoryInItsPlace() throws IOException {
        Files.createDirectory(dir.resolve("admin.token"));

        assertThatThrownBy(() -> AdminToken.loadOrCreate(dir)).isInstanceOf(ProblemException.class);
    }
}
