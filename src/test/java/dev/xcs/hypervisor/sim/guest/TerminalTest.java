package dev.xcs.hypervisor.sim.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.hypervisor.ConsolePage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ConsolePage page = new ConsolePage(ByteBuffer.allocateDirect(4096));

    private String shown(Terminal terminal) {
        StringBuilder out = new StringBuilder();
        byte[] buffer = new byte[2048];
        while (terminal.flush(page, Integer.MAX_VALUE) > 0) {
            out.append(new String(buffer, 0, page.takeOutput(buffer), StandardCharsets.ISO_8859_1));
        }
        return out.toString();
    }

    private static void type(Terminal terminal, String text) {
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            terminal.type(b);
        }
    }

    @Test
    void echoesALineAndGivesIt() {
        Terminal terminal = new Terminal();
        type(terminal, "ls /\r");
        assertThat(shown(terminal)).isEqualTo("ls /\r\n");
        assertThat(terminal.nextLine()).isEqualTo("ls /");
        assertThat(terminal.nextLine()).isNull();
    }

    @Test
    void tellsOfInterruptAndEndOfFile() {
        Terminal terminal = new Terminal();
        assertThat(terminal.type((byte) 4)).isEqualTo(Terminal.Key.END_OF_FILE);
        type(terminal, "half");
        assertThat(terminal.type((byte) 4)).isEqualTo(Terminal.Key.NONE);
        assertThat(terminal.type((byte) 3)).isEqualTo(Terminal.Key.INTERRUPT);
        type(terminal, "\r");
        assertThat(terminal.nextLine()).isEmpty();
    }

    @Test
    void erasesALine() {
        Terminal terminal = new Terminal();
        type(terminal, "abc\025xy\bz\r");
        assertThat(terminal.nextLine()).isEqualTo("xz");
    }

    @Test
    void keepsNoMoreThanItsBuffers() {
        Terminal terminal = new Terminal();
        type(terminal, "x".repeat(10_000) + "\r");
        assertThat(terminal.nextLine()).hasSize(4095);
        type(terminal, "yy\r".repeat(5000));
        int lines = 0;
        while (terminal.nextLine() != null) {
            lines++;
        }
        assertThat(lines).isLessThanOrEqualTo(4096 / 3);
    }

    @Property(tries = 200)
    void bearsAnyBytes(@ForAll @Size(max = 300) byte[] bytes) {
        Terminal terminal = new Terminal();
        for (byte b : bytes) {
            terminal.type(b);
        }
        shown(terminal);
        assertThat(terminal.waiting()).isZero();
    }
}
