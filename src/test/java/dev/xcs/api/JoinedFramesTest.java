package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.message.ConsoleFrame;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JoinedFramesTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final BusFixture on = new BusFixture();
    private final Context loop = on.vertx().getOrCreateContext();
    private final List<Buffer> shown = Collections.synchronizedList(new ArrayList<>());
    private final JoinedFrames frames = new JoinedFrames(on.vertx(), () -> 1, shown::add);

    @AfterEach
    void close() {
        on.close();
    }

    private static Buffer frame(long offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ConsoleFrame.of(offset, bytes, bytes.length);
    }

    /** In one turn of the event loop: no timer comes between. */
    private void inOneTurn(Runnable work) {
        Future<Void> done = Future.future(promise -> loop.runOnContext(turn -> {
            work.run();
            promise.complete();
        }));
        BusFixture.await(done);
    }

    private List<String> texts() {
        return shown.stream()
                .map(it -> ConsoleFrame.offset(it) + " " + ConsoleFrame.bytes(it))
                .toList();
    }

    @Test
    void showsTheFirstAtOnceAndWhatFollowsTogether() throws Exception {
        inOneTurn(() -> {
            frames.add(frame(0, "a"));
            assertThat(texts()).containsExactly("0 a");
            frames.add(frame(1, "bc"));
            frames.add(frame(3, "d"));
            assertThat(texts()).containsExactly("0 a");
        });
        Await.until("what follows is shown", SOON, () -> shown.size() > 1);
        assertThat(texts()).containsExactly("0 a", "1 bcd");
    }

    @Test
    void leavesTheFramesThatItWasGivenAsTheyAre() {
        Buffer second = frame(1, "b");
        inOneTurn(() -> {
            frames.add(frame(0, "a"));
            frames.add(second);
            frames.add(frame(2, "c"));
            frames.flush();
        });
        assertThat(texts()).containsExactly("0 a", "1 bc");
        assertThat(second).isEqualTo(frame(1, "b"));
    }

    @Test
    void joinsNothingThatDoesNotFollow() {
        inOneTurn(() -> {
            frames.add(frame(0, "a"));
            frames.add(frame(1, "b"));
            frames.add(frame(9, "z"));
            frames.flush();
        });
        assertThat(texts()).containsExactly("0 a", "1 b", "9 z");
    }

    @Test
    void doesNotHoldWhatIsLarge() {
        String large = "x".repeat(16 * 1024);
        inOneTurn(() -> {
            frames.add(frame(0, "a"));
            frames.add(frame(1, "b"));
            frames.add(frame(2, large));
            frames.add(frame(2 + large.length(), large));
        });
        assertThat(texts()).containsExactly("0 a", "1 b", "2 " + large, (2 + large.length()) + " " + large);
    }

    @Test
    void losesNothingOverManyTurns() throws Exception {
        int count = 2000;
        for (int i = 0; i < count; i++) {
            int offset = i;
            inOneTurn(() -> frames.add(frame(offset, "x")));
        }
        Await.until("the last is shown", SOON, () -> end() == count);
        long next = 0;
        for (Buffer frame : List.copyOf(shown)) {
            assertThat(ConsoleFrame.offset(frame)).isEqualTo(next);
            next = ConsoleFrame.end(frame);
        }
        assertThat(shown).hasSizeLessThan(count);
    }

    private long end() {
        return ConsoleFrame.end(shown.get(shown.size() - 1));
    }
}
