package dev.xcs.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.journal.ConsoleHistory;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsoleRead;
import dev.xcs.testing.Consoles;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ConsoleLineTest {
    private final ConsoleHistory history = Consoles.log(64 * 1024).history(new UUID(0, 1));
    private final Pieces ring = new Pieces();
    private final ConsoleLine line = new ConsoleLine(ring, 1, false, history);
    private final byte[] chunk = new byte[ConsoleLine.MAX_READ_BYTES];

    /** A ring that is filled anew each time it is empty; before some pieces somebody else writes into the history. */
    private final class Pieces implements ConsoleRing {
        private final Queue<String> pieces = new ArrayDeque<>();
        private String now = "";
        private int taken;

        @Override
        public int peek(byte[] into, int at) {
            if (now.isEmpty() && !pieces.isEmpty()) {
                String next = pieces.remove();
                int end = next.indexOf('>');
                byte[] others = next.substring(0, Math.max(0, end)).getBytes(US_ASCII);
                history.append(others, 0, others.length);
                now = next.substring(end + 1);
            }
            System.arraycopy(now.getBytes(US_ASCII), 0, into, at, now.length());
            return now.length();
        }

        @Override
        public void consume(int count) {
            now = now.substring(count);
            taken += count;
        }

        @Override
        public int taken() {
            return taken;
        }

        @Override
        public int write(byte[] from, int offset, int length) {
            return 0;
        }

        @Override
        public boolean hasOutput() {
            return !now.isEmpty() || !pieces.isEmpty();
        }

        @Override
        public boolean isOutputUntouched() {
            return taken == 0;
        }

        @Override
        public void close() {
            // Nothing is mapped.
        }
    }

    private String read() {
        ConsoleRead read = line.read(chunk, () -> {});
        return ConsoleFrame.offset(read.frame()) + " " + ConsoleFrame.bytes(read.frame())
                + (read.more() ? " and more" : "");
    }

    @Test
    void readsWhatComesMeanwhileToo() {
        ring.pieces.addAll(List.of("one,", "two,", "three"));

        assertThat(read()).isEqualTo("0 one,two,three");
    }

    /** The serial port of a PC writes into the same history. */
    @Test
    void leavesForTheNextReadWhatDoesNotFollow() {
        ring.pieces.addAll(List.of("one,", "two,", "SERIAL>three"));

        assertThat(read()).isEqualTo("0 one,two, and more");
        assertThat(read()).isEqualTo("14 three");
        assertThat(history.extent().next()).isEqualTo(19);
    }
}
