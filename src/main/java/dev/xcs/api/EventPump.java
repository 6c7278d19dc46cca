package dev.xcs.api;

import dev.xcs.model.ControlMessage;
import dev.xcs.model.EventBatch;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves messages from the switch to one reader, a batch at a time: the next is asked for when the last has left. So a reader that does not
 * read holds one batch and nothing of anybody else's.
 */
final class EventPump {
    static final String DONE = "done";
    static final String DISPLACED = "displaced";
    static final String CLOSED = "closed";
    static final String STOPPING = "stopping";
    private static final String FAILED = "failed";

    /** Well below the 15 s that the contract promises for heartbeats, and the time that an ask waits. */
    static final Duration WAIT = Duration.ofSeconds(10);

    private static final Duration BETWEEN_HEARTBEATS = Duration.ofSeconds(5);
    private static final int BATCH = 256;
    private static final Logger LOG = LoggerFactory.getLogger(EventPump.class);

    /** Gives what comes next, after what it gave last. */
    @FunctionalInterface
    interface Source {
        Future<EventBatch> next(int max, long waitMillis);
    }

    private final Source source;
    private final EventSink sink;
    private final long until;
    private final long waitMillis;
    private final Runnable released;
    private long wroteNanos = System.nanoTime();
    private boolean ended;

    /**
     * @param until the last sequence number that is wanted
     * @param released run once, when the stream is over
     */
    EventPump(Source source, EventSink sink, long until, long waitMillis, Runnable released) {
        this.source = source;
        this.sink = sink;
        this.until = until;
        this.waitMillis = waitMillis;
        this.released = released;
    }

    void start(EventRecord.Filter filter) {
        sink.onClose(this::release);
        sink.begin(filter).onSuccess(begun -> pull(filter.next() - 1)).onFailure(this::gone);
    }

    private void pull(long upTo) {
        if (ended) {
            return;
        }
        if (upTo >= until) {
            end(EventRecord.End.of(DONE));
            return;
        }
        source.next(BATCH, waitMillis)
                .onFailure(this::failed)
                .onSuccess(batch ->
                        write(batch).onSuccess(written -> pull(batch.upTo())).onFailure(this::gone));
    }

    private Future<Void> write(EventBatch batch) {
        EventBatch wanted = batch.upTo() <= until ? batch : upToUntil(batch);
        if (ended) {
            return Future.succeededFuture();
        }
        if (wanted.messages().isEmpty() && !wanted.hasGap()) {
            boolean quiet = System.nanoTime() - wroteNanos >= BETWEEN_HEARTBEATS.toNanos();
            return quiet ? wrote(sink.heartbeat()) : Future.succeededFuture();
        }
        return wrote(sink.deliver(wanted));
    }

    private EventBatch upToUntil(EventBatch batch) {
        List<ControlMessage> wanted = batch.messages().stream()
                .filter(message -> message.sequence() <= until)
                .toList();
        return new EventBatch(wanted, until, batch.lostFrom(), batch.lostTo());
    }

    private Future<Void> wrote(Future<Void> writing) {
        return writing.onSuccess(written -> wroteNanos = System.nanoTime());
    }

    /** The switch refuses to go on. */
    private void failed(Throwable failure) {
        ProblemType type = ProblemException.of(failure).type();
        switch (type) {
            case CONFLICT -> end(EventRecord.End.of(DISPLACED));
            case NOT_FOUND -> end(EventRecord.End.of(CLOSED));
            default -> end(new EventRecord.End("end", FAILED, ProblemException.of(failure)));
        }
    }

    void end(EventRecord.End end) {
        if (!ended) {
            release();
            sink.end(end).onFailure(failure -> LOG.debug("A reader of events went away at its end", failure));
        }
    }

    private void gone(Throwable failure) {
        LOG.debug("A reader of events went away", failure);
        release();
    }

    private void release() {
        if (!ended) {
            ended = true;
            released.run();
        }
    }
}
