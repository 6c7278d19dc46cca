package dev.xcs.hypervisor.netbsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemCommandsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    private CommandRunner runner;

    @BeforeEach
    void empty() {
        runner = new SystemCommands(List.of(dir.resolve("none"), dir));
    }

    private void program(String name, String script) throws IOException {
        Path file = dir.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Problem refused(List<String> command, Duration patience) {
        return catchThrowableOfType(ProblemException.class, () -> runner.run(command, patience))
                .problem();
    }

    @Test
    void givesBothStreamsAndTheStatus() throws IOException {
        program("tell", "echo out; echo err >&2; exit 3");

        assertThat(runner.run(List.of("tell"), PATIENCE)).isEqualTo(new CommandRunner.Result(3, "out\n", "err\n"));
    }

    @Test
    void givesArgumentsAsTheyAreAndSpeaksC() throws IOException {
        program("each", "for word; do echo \"[$word]\"; done; echo $LC_ALL");

        assertThat(runner.run(List.of("each", "a b", "$(touch x)", "; rm -rf /", "\"", ""), PATIENCE)
                        .output())
                .isEqualTo("[a b]\n[$(touch x)]\n[; rm -rf /]\n[\"]\n[]\nC\n");
    }

    @Test
    void readsMoreThanAPipeHolds() throws IOException {
        program(
                "much",
                "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; "
                        + "echo 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done");

        CommandRunner.Result result = runner.run(List.of("much"), PATIENCE);

        assertThat(result.output()).hasSize(3000 * 41);
        assertThat(result.errors()).hasSize(3000 * 41);
    }

    @Test
    void endsWhatDoesNotEnd() throws IOException {
        program("hang", "exec sleep 600");

        Problem problem = refused(List.of("hang", "on"), Duration.ofMillis(200));

        assertThat(problem.detail()).startsWith("hang did not end within");
        assertThat(problem.argument()).isEqualTo("hang on");
        assertThat(problem.retryable()).isTrue();
    }

    @Test
    void namesWhatIsNotInstalled() {
        Problem problem = refused(List.of("npfctl", "list"), PATIENCE);

        assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(problem.detail()).isEqualTo("npfctl is not installed");
        assertThat(problem.cause()).contains(dir.toString());
    }

    @Test
    void aFailureCarriesTheCommandAndWhatItSaid() throws IOException {
        program("brconfig", "echo 'brconfig: add xvif1i0: Invalid argument' >&2; exit 1");

        Problem problem = catchThrowableOfType(
                        ProblemException.class,
                        () -> new Commands(runner).run(List.of("brconfig", "bridge0", "add", "xvif1i0")))
                .problem();

        assertThat(problem.type()).isEqualTo(ProblemType.HYPERVISOR);
        assertThat(problem.detail())
                .isEqualTo("brconfig failed with status 1: brconfig: add xvif1i0: Invalid argument");
        assertThat(problem.call()).isEqualTo("brconfig");
        assertThat(problem.argument()).isEqualTo("brconfig bridge0 add xvif1i0");
    }
}
