package dev.xcs.console;

import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsolePrinted;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the bytes of one boot's serial port. It is looked at in turns, since nobody tells that there is something. */
final class SerialConsole {
    private static final Logger LOG = LoggerFactory.getLogger(SerialConsole.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    /** Before it is closed; a guest that talks on without end is not waited for. */
    private static final int LAST_READS = 8;

    private final Vertx vertx;
    private final UUID uuid;
    private final SerialLine line;
    private final InputQueue input;
    private final Milestones milestones;
    private final ConsoleMetrics metrics;
    private final Turns turns = new Turns();
    private long timer = -1;
    private boolean failing;

    SerialConsole(
            Vertx vertx, UUID uuid, SerialLine line, InputQueue input, Milestones milestones, ConsoleMetrics metrics) {
        this.vertx = vertx;
        this.uuid = uuid;
        this.line = line;
        this.input = input;
        this.milestones = milestones;
        this.metrics = metrics;
    }

    Future<Void> attach() {
        return turns.next(() -> vertx.executeBlocking(line::open, false)
                        .<Void>mapEmpty()
                        .recover(this::refuse))
                .onSuccess(opened -> timer = vertx.setPeriodic(LOOK_EVERY.toMillis(), tick -> writeOn()));
    }

    private Future<Void> refuse(Throwable why) {
        return Future.failedFuture(Problem.of(
                        ProblemType.UNAVAILABLE,
                        "The serial port of " + uuid + " cannot be opened: " + why.getMessage())
                .asRetryable()
                .toException());
    }

    private boolean isOpen() {
        return timer >= 0;
    }

    /** Reads and writes, unless that is being done already. */
    void writeOn() {
        if (isOpen() && turns.isIdle()) {
            note(turns.next(this::move));
        }
    }

    private Future<Void> move() {
        return isOpen()
                ? read().compose(read -> write().onSuccess(written -> {
                            if (read > 0 || written > 0) {
                                note(turns.next(this::move));
                            }
                        }))
                        .mapEmpty()
                : Future.succeededFuture();
    }

    private Future<Integer> read() {
        return vertx.executeBlocking(line::read, false).map(frame -> {
            int length = ConsoleFrame.length(frame);
            if (length > 0) {
                metrics.printed(length);
                milestones.firstByte();
                milestones.printed(ConsoleFrame.bytes(frame));
                ConsolePrinted.ADDRESS.at(uuid).publish(vertx.eventBus(), new ConsolePrinted(uuid, frame));
            }
            return length;
        });
    }

    private Future<Integer> write() {
        if (input.isEmpty()) {
            return Future.succeededFuture(0);
        }
        Buffer typed = Buffer.buffer(input.peek(SerialLine.ROOM));
        return vertx.executeBlocking(() -> line.write(typed.getBytes()), false).map(written -> {
            input.drop(written);
            metrics.typed(written);
            return written;
        });
    }

    /** Tells of the first failure in a row; the next look tries again. */
    private void note(Future<Void> step) {
        step.onSuccess(done -> failing = false).onFailure(failure -> {
            if (!failing) {
                LOG.warn("The serial port of {} is stuck: {}", uuid, failure.getMessage());
            }
            failing = true;
        });
    }

    /** Takes the last bytes and closes it. */
    Future<Void> detach() {
        if (isOpen()) {
            vertx.cancelTimer(timer);
        }
        return turns.next(() -> readLast(isOpen() ? LAST_READS : 0)
                .onComplete(read -> timer = -1)
                .eventually(() -> vertx.executeBlocking(line::close, false)));
    }

    private Future<Void> readLast(int reads) {
        return reads == 0 ? Future.succeededFuture() : read().compose(read -> readLast(read == 0 ? 0 : reads - 1));
    }
}
