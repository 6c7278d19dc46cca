package dev.xcs.api;

import dev.xcs.model.ControlMessage;
import dev.xcs.model.EventBatch;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/** Server-sent events. The id is the sequence number, on the first record that of the last message before the stream: so who comes back misses nothing. */
final class SseSink implements EventSink {
    static final String TYPE = "text/event-stream";

    private final HttpServerResponse response;

    SseSink(HttpServerResponse response) {
        this.response = response;
    }

    @Override
    public Future<Void> begin(EventRecord.Filter filter) {
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, TYPE)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Accel-Buffering", "no");
        return response.write(append(Buffer.buffer("retry: 1000\n"), filter.next() - 1, "filter", filter));
    }

    @Override
    public Future<Void> deliver(EventBatch batch) {
        Buffer out = Buffer.buffer();
        if (batch.hasGap()) {
            append(out, batch.lostTo(), "gap", EventRecord.Gap.of(batch));
        }
        for (ControlMessage message : batch.messages()) {
            append(out, message.sequence(), message.subtype().json(), message);
        }
        return response.write(out);
    }

    private static Buffer append(Buffer out, long id, String event, Object data) {
        return out.appendString("id: " + id + "\nevent: " + event + "\ndata: ")
                .appendString(Answers.text(data))
                .appendString("\n\n");
    }

    @Override
    public Future<Void> heartbeat() {
        return response.write(": heartbeat\n\n");
    }

    @Override
    public Future<Void> end(EventRecord.End end) {
        return response.end("event: end\ndata: " + Answers.text(end) + "\n\n");
    }

    @Override
    public void onClose(Runnable closed) {
        response.exceptionHandler(failure -> closed.run()).closeHandler(gone -> closed.run());
        if (response.closed()) {
            closed.run();
        }
    }
}
