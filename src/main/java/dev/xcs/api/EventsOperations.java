package dev.xcs.api;

import dev.xcs.message.AwaitControl;
import dev.xcs.message.ControlLocated;
import dev.xcs.message.ControlRange;
import dev.xcs.message.FetchControlRange;
import dev.xcs.message.LocateControl;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The events of the whole host: server-sent, over a websocket, or as lines. */
final class EventsOperations {
    private final EventBus bus;
    private final EventStreams streams;
    private final StreamOpener opener;

    EventsOperations(Vertx vertx, EventStreams streams, Duration pingEvery) {
        this.bus = vertx.eventBus();
        this.streams = streams;
        this.opener = new StreamOpener(vertx, streams, pingEvery);
    }

    /** What is asked for in numbers: messages after the first, up to the last. */
    private record Extent(long after, long until, long waitMillis) {}

    Future<?> stream(RoutingContext context) {
        HttpServerRequest request = context.request();
        boolean lines = StreamOpener.wantsLines(request);
        EventQuery query = EventQuery.of(context.queryParams()).resumed(request.getHeader("Last-Event-ID"));
        EventStreams.Place place = streams.take();
        Future<Extent> extent = FetchControlRange.ADDRESS
                .ask(bus, new FetchControlRange())
                .compose(range -> extent(query, range, lines));
        return opener.open(
                request,
                place,
                SocketInput.Acknowledger.NONE,
                extent.map(found -> new StreamOpener.Opening(
                        EventRecord.Filter.of(query.filter().bindings(), found.after + 1),
                        source(query, found.after),
                        found.until,
                        found.waitMillis,
                        pump -> {},
                        pump -> {})));
    }

    private EventPump.Source source(EventQuery query, long after) {
        long[] next = {after};
        return (max, wait) -> AwaitControl.ADDRESS
                .ask(bus, new AwaitControl(query.filter(), next[0], max, wait))
                .map(arrived -> {
                    next[0] = arrived.batch().upTo();
                    return arrived.batch();
                });
    }

    private Future<Extent> extent(EventQuery query, ControlRange range, boolean lines) {
        long newest = range.next() - 1;
        Future<Long> after = after(query.since(), range, lines ? range.first() - 1 : newest);
        boolean endless = !lines || query.follow();
        Future<Long> until = until(query.until(), endless ? Long.MAX_VALUE : newest);
        return Future.all(after, until).map(both -> {
            // Lines that do not follow end with what there is, wherever until is.
            long end = endless ? until.result() : Math.min(newest, until.result());
            return new Extent(after.result(), end, end <= newest ? 0 : EventPump.WAIT.toMillis());
        });
    }

    private Future<Long> after(EventQuery.@Nullable Place place, ControlRange range, long fallback) {
        if (place == null) {
            return Future.succeededFuture(fallback);
        }
        if (place.time() != null) {
            return LocateControl.ADDRESS
                    .ask(bus, new LocateControl(place.time()))
                    .map(ControlLocated::before);
        }
        boolean kept = place.sequence() >= range.first() - 1 && place.sequence() < range.next();
        return kept
                ? Future.succeededFuture(place.sequence())
                : Future.failedFuture(gone(place, range).toException());
    }

    private Future<Long> until(EventQuery.@Nullable Place place, long fallback) {
        if (place == null) {
            return Future.succeededFuture(fallback);
        }
        return place.time() == null
                ? Future.succeededFuture(place.sequence())
                : LocateControl.ADDRESS
                        .ask(bus, new LocateControl(place.time()))
                        .map(ControlLocated::before);
    }

    private static Problem gone(EventQuery.Place place, ControlRange range) {
        return Problem.of(
                        ProblemType.GONE,
                        place.name() + ": " + place.sequence() + ", expected " + (range.first() - 1) + " to "
                                + (range.next() - 1) + ", which the journal has; see " + EventRecord.RESYNC
                                + " for what is now, and go on after " + (range.next() - 1))
                .withField(place.name());
    }
}
