package dev.xcs.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.ByteArrayOutputStream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class InputQueueTest {
    private static final int LIMIT = 4096;

    @Property(tries = 300)
    void givesEveryAcceptedByteOnceAndInOrder(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 2500) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 1500) int taken) {
        InputQueue queue = new InputQueue(LIMIT);
        ByteArrayOutputStream accepted = new ByteArrayOutputStream();
        ByteArrayOutputStream given = new ByteArrayOutputStream();
        for (int length : lengths) {
            byte[] typed = stream(accepted.size(), length);
            if (length <= LIMIT - (accepted.size() - given.size())) {
                queue.offer(typed);
                accepted.writeBytes(typed);
            } else {
                assertThat(refusal(queue, typed).type()).isEqualTo(ProblemType.TOO_MANY);
            }
            take(queue, taken, given);
        }
        while (!queue.isEmpty()) {
            take(queue, taken, given);
        }
        assertThat(given.toByteArray()).isEqualTo(accepted.toByteArray());
    }

    private static void take(InputQueue queue, int taken, ByteArrayOutputStream given) {
        byte[] first = queue.peek(taken);
        queue.drop(first.length);
        given.writeBytes(first);
    }

    private static Problem refusal(InputQueue queue, byte[] typed) {
        return catchThrowableOfType(ProblemException.class, () -> queue.offer(typed))
                .problem();
    }

    @Test
    void namesTheLimitWhenItRefusesAndTakesNothing() {
        InputQueue queue = new InputQueue(10);
        queue.offer(new byte[4]);

        Problem full = refusal(queue, new byte[7]);
        Problem never = refusal(queue, new byte[11]);

        assertThat(full.detail())
                .isEqualTo("7 bytes were typed and 4 wait for the guest to read; the limit is 10 bytes");
        assertThat(full.retryable()).isTrue();
        assertThat(never.retryable()).isFalse();
        assertThat(queue.peek(100)).hasSize(4);
    }

    /** Bytes that tell where in the stream they are. */
    private static byte[] stream(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ((from + i) * 31 / 7);
        }
        return bytes;
    }
}
