package dev.xcs.api;

import dev.xcs.model.Problem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens a stream of events in the form that the request asks for. Everything that can be refused is refused before the first byte. */
final class StreamOpener {
    private final Vertx vertx;
    private final EventStreams streams;
    private final Duration pingEvery;

    StreamOpener(Vertx vertx, EventStreams streams, Duration pingEvery) {
        this.vertx = vertx;
        this.streams = streams;
        this.pingEvery = pingEvery;
    }

    /**
     * A stream that can begin.
     *
     * @param until the last sequence number that is wanted
     * @param waitMillis how long the source may wait for the next message; 0 where all that is wanted is in the journal already
     * @param opened told of the stream when it begins
     * @param closed and when it is over
     */
    record Opening(
            EventRecord.Filter filter,
            EventPump.Source source,
            long until,
            long waitMillis,
            Consumer<EventPump> opened,
            Consumer<EventPump> closed) {}

    /** Whether lines are asked for and not server-sent events; refuses what is neither. */
    static boolean wantsLines(HttpServerRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        if (accept == null || Upgrade.isAsked(request)) {
            return false;
        }
        String wanted = accept.toLowerCase(Locale.ROOT);
        if (wanted.contains(LineSink.TYPE)) {
            return true;
        }
        if (!wanted.contains(SseSink.TYPE) && !wanted.contains("*/*") && !wanted.contains("text/*")) {
            throw Upgrade.malformed("Accept", accept, SseSink.TYPE + " or " + LineSink.TYPE)
                    .toException();
        }
        return false;
    }

    /** @param place given back when the stream is over or did not begin */
    Future<?> open(
            HttpServerRequest request,
            EventStreams.Place place,
            SocketInput.Acknowledger acknowledger,
            Future<Opening> opening) {
        Problem refusal = Upgrade.isAsked(request) ? Upgrade.refusal(request, SocketSink.PROTOCOL) : null;
        if (refusal != null) {
            place.free();
            return Future.failedFuture(refusal.toException());
        }
        boolean lines = wantsLines(request);
        // What follows comes later than this event.
        request.pause();
        return opening.compose(ready -> sink(request, lines, acknowledger).onSuccess(sink -> start(ready, sink, place)))
                .onSuccess(begun -> {
                    if (!Upgrade.isAsked(request)) {
                        request.resume();
                    }
                })
                .onFailure(failure -> {
                    place.free();
                    request.resume();
                });
    }

    private Future<EventSink> sink(HttpServerRequest request, boolean lines, SocketInput.Acknowledger acknowledger) {
        if (!Upgrade.isAsked(request)) {
            return Future.succeededFuture(lines ? new LineSink(request.response()) : new SseSink(request.response()));
        }
        return request.toWebSocket().map(socket -> socket(socket, acknowledger));
    }

    private EventSink socket(ServerWebSocket socket, SocketInput.Acknowledger acknowledger) {
        Peer peer = new Peer(vertx, socket, pingEvery);
        new SocketInput(peer, acknowledger).start();
        return new SocketSink(peer);
    }

    private void start(Opening ready, EventSink sink, EventStreams.Place place) {
        @Nullable EventPump[] self = {null};
        EventPump pump = new EventPump(ready.source, sink, ready.until, ready.waitMillis, () -> {
            place.free();
            EventPump over = self[0];
            if (over != null) {
                streams.closed(over);
                ready.closed.accept(over);
            }
        });
        self[0] = pump;
        streams.opened(pump);
        ready.opened.accept(pump);
        pump.start(ready.filter);
    }
}
