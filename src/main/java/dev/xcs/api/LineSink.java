package dev.xcs.api;

import dev.xcs.model.ControlMessage;
import dev.xcs.model.EventBatch;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/** One JSON object a line: the filter, then plain messages; what else there is to say has a {@code record}. */
final class LineSink implements EventSink {
    static final String TYPE = "application/x-ndjson";

    private final HttpServerResponse response;

    LineSink(HttpServerResponse response) {
        this.response = response;
    }

    @Override
    public Future<Void> begin(EventRecord.Filter filter) {
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, TYPE)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        return response.write(line(filter));
    }

    private static Buffer line(Object value) {
        return Buffer.buffer(Answers.text(value)).appendByte((byte) '\n');
    }

    @Override
    public Future<Void> deliver(EventBatch batch) {
        Buffer out = Buffer.buffer();
        if (batch.hasGap()) {
            out.appendBuffer(line(EventRecord.Gap.of(batch)));
        }
        for (ControlMessage message : batch.messages()) {
            out.appendBuffer(line(message));
        }
        return response.write(out);
    }

    @Override
    public Future<Void> heartbeat() {
        return response.write(line(EventRecord.Heartbeat.BEAT));
    }

    /** The end of a stream that gave all it was asked for is just its end. */
    @Override
    public Future<Void> end(EventRecord.End end) {
        return end.reason().equals(EventPump.DONE) ? response.end() : response.end(line(end));
    }

    @Override
    public void onClose(Runnable closed) {
        response.exceptionHandler(failure -> closed.run()).closeHandler(gone -> closed.run());
        if (response.closed()) {
            closed.run();
        }
    }
}
