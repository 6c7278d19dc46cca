package dev.xcs.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ConsoleHistoryTest {
    @Property(tries = 300)
    void keepsTheLastBytesAndTheirOffset(
            @ForAll @IntRange(min = 1, max = 5000) int limit,
            @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 3000) Integer> prints) {
        ConsoleHistory history = new ConsoleHistory(limit);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int length : prints) {
            byte[] printed = new byte[length];
            for (int i = 0; i < length; i++) {
                printed[i] = (byte) (7 * (all.size() + i) / 3);
            }
            history.append(printed);
            all.writeBytes(printed);
        }

        byte[] whole = all.toByteArray();
        int begin = Math.max(0, whole.length - limit);
        assertThat(history.end()).isEqualTo(whole.length);
        assertThat(history.begin()).isEqualTo(begin);
        assertThat(history.replay()).isEqualTo(Arrays.copyOfRange(whole, begin, whole.length));
    }

    @Test
    void isEmptyAtFirst() {
        ConsoleHistory history = new ConsoleHistory(100);

        assertThat(history.begin()).isZero();
        assertThat(history.replay()).isEmpty();
    }
}
