package dev.xcs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** conf/xcsd.toml is the manual: it must say everything, and nothing that is not so. */
class ManualTest {
    private static final Path MANUAL = Path.of("conf", "xcsd.toml");

    @Test
    void saysExactlyTheDefaults() {
        DaemonConfig manual =
                ConfigReader.read(Map.of(), Map.of(), Optional.of(MANUAL)).config();
        assertThat(manual)
                .isEqualTo(ConfigReader.read(Map.of(), Map.of(), Optional.of(empty()))
                        .config());
    }

    @Test
    void setsEveryKeyAndNamesItsVariableAndItsOption() throws IOException {
        String text = Files.readString(MANUAL);
        Settings set = FileSettings.read(MANUAL);
        assertThat(set.errors()).isEmpty();
        assertThat(set.byPath().keySet())
                .containsExactlyElementsOf(Keys.all().stream().map(Key::path).toList());
        assertThat(Keys.all())
                .allSatisfy(key -> assertThat(text)
                        .contains("# Environment: " + key.environmentName() + ". Option: " + key.option() + ".\n"));
    }

    private static Path empty() {
        try {
            Path file = Files.createTempFile("xcsd", ".toml");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
