package dev.xcs.api;

import dev.xcs.message.ConsoleFrame;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Joins small frames of a console that come shortly one after the other: to send one costs the same however little it carries, for each viewer
 * again. The first after a rest goes at once, so that who types sees it. Of one event loop.
 */
final class JoinedFrames {
    /** For each viewer, since each costs; what comes in such a time is shown together. */
    private static final int REST_MILLIS = 5;
    /** However many there are: nobody sees that a screen is so late. */
    private static final int LONGEST_REST_MILLIS = 50;
    /** Not worth to be joined. */
    private static final int LARGE_BYTES = 16 * 1024;

    private final Vertx vertx;
    private final IntSupplier viewers;
    private final Consumer<Buffer> sink;
    private @Nullable Buffer held;
    private boolean resting;

    /**
     * @param viewers how many there are now
     * @param sink is given every frame in order, by itself or with those after it
     */
    JoinedFrames(Vertx vertx, IntSupplier viewers, Consumer<Buffer> sink) {
        this.vertx = vertx;
        this.viewers = viewers;
        this.sink = sink;
    }

    void add(Buffer frame) {
        if (held != null && !fits(held, frame)) {
            flush();
        }
        held = held == null ? frame : Buffer.buffer().appendBuffer(held).appendBuffer(ConsoleFrame.bytes(frame));
        if (!resting || ConsoleFrame.length(held) >= LARGE_BYTES) {
            flush();
        }
    }

    private static boolean fits(Buffer before, Buffer frame) {
        return ConsoleFrame.end(before) == ConsoleFrame.offset(frame)
                && ConsoleFrame.length(before) + ConsoleFrame.length(frame) <= LARGE_BYTES;
    }

    /** What is held goes now. */
    void flush() {
        if (held == null) {
            return;
        }
        Buffer frame = held;
        held = null;
        rest();
        sink.accept(frame);
    }

    private void rest() {
        if (!resting) {
            resting = true;
            vertx.setTimer(Math.min(LONGEST_REST_MILLIS, REST_MILLIS * Math.max(1, viewers.getAsInt())), over -> {
                resting = false;
                flush();
            });
        }
    }
}
