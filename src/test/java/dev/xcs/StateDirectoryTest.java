package dev.xcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    @TempDir
    Path dir;

    @Test
    void isMadeForItsOwnerOnlyTogetherWithItsParents() throws Exception {
        Path path = dir.resolve("a/b");
        try (StateDirectory state = StateDirectory.open(path)) {
            assertThat(state.path()).isEqualTo(path);
            assertThat(mode(path)).isEqualTo("rwx------");
            assertThat(mode(path.resolve("xcsd.lock"))).isEqualTo("rw-------");
        }
    }

    @Test
    void namesTheProcessThatHasIt() {
        try (StateDirectory first = StateDirectory.open(dir)) {
            Problem problem = refusal(first.path());
            assertThat(problem.type()).isEqualTo(ProblemType.CONFLICT);
            assertThat(problem.detail())
                    .startsWith("state-dir: \"" + dir + "\" is in use by process "
                            + ProcessHandle.current().pid());
        }
    }

    @Test
    void isFreeAgainWhenItIsClosed() {
        StateDirectory.open(dir).close();
        StateDirectory.open(dir).close();
    }

    @Test
    void refusesADirectoryThatOthersCanWriteTo() throws Exception {
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwx---"));
        assertThat(refusal(dir).cause()).contains("rwxrwx---", "chmod 0700");
    }

    @Test
    void refusesWhatIsNoDirectory() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "");
        assertThat(refusal(file).detail()).contains("cannot be used");
        assertThat(refusal(file.resolve("below")).field()).isEqualTo("state-dir");
    }

    private static Problem refusal(Path path) {
        ProblemException refused = catchThrowableOfType(
                ProblemException.class, () -> StateDirectory.open(path).close());
        assertThat(refused).as("refused").isNotNull();
        return refused.problem();
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
