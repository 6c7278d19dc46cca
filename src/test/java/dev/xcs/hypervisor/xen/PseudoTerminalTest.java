package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.xcs.hypervisor.Terminal;
import dev.xcs.model.DeviceNumber;
import dev.xcs.testing.Await;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the pseudo terminals of whatever Linux this is. */
class PseudoTerminalTest {
    private static Terminal make() {
        assumeTrue(Files.isDirectory(Path.of("/dev/pts")), "there are no pseudo terminals here");
        return PseudoTerminal.make(MadeUpSystem.libc());
    }

    private static byte[] exactly(InputStream from, int count) throws IOException {
        byte[] into = new byte[count];
        int got = 0;
        while (got < count) {
            got += from.read(into, got, count - got);
        }
        return into;
    }

    @Test
    void carriesBytesBothWaysAsTheyAreWhileSomebodyHasItOpen() throws Exception {
        try (Terminal terminal = make()) {
            assertThat(terminal.isOpen()).isFalse();
            try (InputStream shown = new FileInputStream(terminal.path());
                    OutputStream keys = new FileOutputStream(terminal.path())) {
                assertThat(terminal.isOpen()).isTrue();
                byte[] bytes = "a\nb\r\003\004\001żółw".getBytes(StandardCharsets.UTF_8);
                assertThat(terminal.write(bytes, 0, bytes.length)).isEqualTo(bytes.length);
                assertThat(exactly(shown, bytes.length)).isEqualTo(bytes);
                keys.write(bytes);
                byte[] typed = new byte[100];
                assertThat(terminal.read(typed)).isEqualTo(bytes.length);
                assertThat(typed).startsWith(bytes);
                assertThat(terminal.read(typed)).isZero();
            }
            Await.until("nobody has it open", Duration.ofSeconds(10), () -> !terminal.isOpen());
            assertThat(terminal.read(new byte[10])).isZero();
        }
    }

    @Test
    void attachesToOneThatAnotherHasMade() throws Exception {
        try (Terminal maker = make();
                Terminal user = PseudoTerminal.attach(MadeUpSystem.libc(), maker.path())) {
            assertThat(user.path()).isEqualTo(maker.path());
            assertThat(user.isOpen()).isTrue();
            assertThat(maker.isOpen()).isTrue();
            byte[] into = new byte[100];
            assertThat(user.read(into)).isZero();
            byte[] bytes = "a\nb\r\003\004\001żółw".getBytes(StandardCharsets.UTF_8);
            maker.write(bytes, 0, bytes.length);
            assertThat(user.read(into)).isEqualTo(bytes.length);
            assertThat(into).startsWith(bytes);
            assertThat(user.write(bytes, 0, bytes.length)).isEqualTo(bytes.length);
            assertThat(maker.read(into)).isEqualTo(bytes.length);
        }
    }

    @Test
    void noticesThatWhoMadeItIsGone() throws Exception {
        Terminal maker = make();
        try (Terminal user = PseudoTerminal.attach(MadeUpSystem.libc(), maker.path())) {
            maker.close();
            Await.until("it is closed", Duration.ofSeconds(10), () -> !user.isOpen());
            assertThat(user.read(new byte[10])).isZero();
            assertThat(user.write(new byte[10], 0, 10)).isZero();
        }
    }

    @Test
    void attachesToNothingElse() throws Exception {
        LibC libc = MadeUpSystem.libc();
        for (String path : List.of("/etc/passwd", "/dev/null", "/dev/pts/ptmx", "/dev/pts/../null", "")) {
            assertThatThrownBy(() -> PseudoTerminal.attach(libc, path))
                    .as(path)
                    .hasMessageContaining("expected /dev/pts/N");
        }
        assertThatThrownBy(() -> PseudoTerminal.attach(libc, "/dev/pts/9999999"))
                .hasMessageContaining("There is no terminal \"/dev/pts/9999999\"");
    }

    @Test
    void knowsTheTerminalsOfLogins(@TempDir Path proc) throws Exception {
        Path process = Files.createDirectories(proc.resolve("42"));
        Files.createDirectories(proc.resolve("43"));
        Files.writeString(process.resolve("stat"), "42 (a) b) c) S 1 42 42 34819 43 4194304 0");
        SessionTerminals terminals = new SessionTerminals(proc);
        assertThat(terminals.has(new DeviceNumber(136, 3))).isTrue();
        assertThat(terminals.has(new DeviceNumber(136, 4))).isFalse();
    }

    @Test
    void whoDoesNotReadMakesNobodyWait() throws Exception {
        try (Terminal terminal = make();
                InputStream deaf = new FileInputStream(terminal.path())) {
            byte[] much = new byte[4096];
            int taken = 0;
            int count = -1;
            while (count != 0 && taken < 16 << 20) {
                count = terminal.write(much, 0, much.length);
                taken += count;
            }
            assertThat(taken).isLessThan(16 << 20);
            assertThat(deaf.read()).isZero();
        }
    }
}
