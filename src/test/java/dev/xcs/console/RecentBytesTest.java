package dev.xcs.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.message.ConsoleFrame;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecentBytesTest {
    private static final Instant NOW = Instant.EPOCH;

    private final RecentBytes recent = new RecentBytes(10);

    private String read(long from, int atMost) {
        Buffer frame = recent.read(from, atMost);
        return ConsoleFrame.offset(frame) + ":" + ConsoleFrame.bytes(frame).toString();
    }

    @Test
    void keepsTheLastByTheirOffsets() {
        assertThat(ConsoleFrame.offset(recent.append(Buffer.buffer("0123456")))).isZero();
        assertThat(read(0, 100)).isEqualTo("0:0123456");
        assertThat(ConsoleFrame.offset(recent.append(Buffer.buffer("789abc")))).isEqualTo(7);

        assertThat(recent.extent().first()).isEqualTo(3);
        assertThat(recent.extent().next()).isEqualTo(13);
        assertThat(read(0, 100)).isEqualTo("3:3456789abc");
        assertThat(read(5, 2)).isEqualTo("5:56");
        assertThat(read(13, 100)).isEqualTo("13:");
        assertThat(read(99, 100)).isEqualTo("13:");
    }

    @Test
    void tellsBootsApartAsLongAsTheirBytesAreKept() {
        assertThat(recent.booted(4, NOW)).isTrue();
        assertThat(recent.booted(4, NOW)).isFalse();
        recent.append(Buffer.buffer("01234"));
        assertThat(recent.booted(5, NOW)).isTrue();
        assertThat(recent.extent().boots())
                .extracting("boot", "domid", "offset")
                .hasToString("[(1, 4, 0L), (2, 5, 5L)]");
        recent.append(Buffer.buffer("56789abcde"));
        assertThat(recent.extent().boots())
                .extracting("boot", "domid", "offset")
                .hasToString("[(2, 5, 5L)]");
        assertThat(recent.extent().boot()).isEqualTo(2);
    }
}
