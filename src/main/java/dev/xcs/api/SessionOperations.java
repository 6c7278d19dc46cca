package dev.xcs.api;

import dev.xcs.message.AcknowledgeSession;
import dev.xcs.message.AttachSession;
import dev.xcs.message.AwaitSession;
import dev.xcs.message.BindSession;
import dev.xcs.message.CloseSession;
import dev.xcs.message.ControlArrived;
import dev.xcs.message.DetachSession;
import dev.xcs.message.FetchSession;
import dev.xcs.message.LockControl;
import dev.xcs.message.OpenSession;
import dev.xcs.message.SessionShown;
import dev.xcs.message.UnbindSession;
import dev.xcs.message.UnlockControl;
import dev.xcs.model.Binding;
import dev.xcs.model.Problem;
import dev.xcs.model.SessionView;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions of tools over HTTP. */
final class SessionOperations {
    private static final Logger LOG = LoggerFactory.getLogger(SessionOperations.class);
    private static final Pattern SEQUENCE = Pattern.compile("[0-9]{1,18}");
    private static final long NOTHING = -1;

    private final EventBus bus;
    private final BodyReader bodies;
    private final EventStreams streams;
    private final StreamOpener opener;
    /** The stream that reads each session, so that it hears at once that it is displaced. */
    private final Map<String, EventPump> readers = new HashMap<>();

    SessionOperations(Vertx vertx, BodyReader bodies, EventStreams streams, Duration pingEvery) {
        this.bus = vertx.eventBus();
        this.bodies = bodies;
        this.streams = streams;
        this.opener = new StreamOpener(vertx, streams, pingEvery);
    }

    Future<?> open(RoutingContext context) {
        return bodies.read(context.request())
                .map(ControlBody::session)
                .compose(wanted -> OpenSession.ADDRESS.ask(bus, wanted))
                .compose(shown -> {
                    context.response()
                            .putHeader(
                                    HttpHeaders.LOCATION,
                                    "/v1/sessions/" + shown.session().id());
                    return answer(context, 201, shown);
                });
    }

    Future<?> show(RoutingContext context) {
        return FetchSession.ADDRESS
                .ask(bus, new FetchSession(session(context)))
                .compose(shown -> answer(context, 200, shown));
    }

    Future<?> close(RoutingContext context) {
        String session = session(context);
        return CloseSession.ADDRESS.ask(bus, new CloseSession(session)).compose(done -> {
            endReader(session, EventPump.CLOSED);
            return context.response().setStatusCode(204).end();
        });
    }

    Future<?> bind(RoutingContext context) {
        return bodies.read(context.request())
                .map(ControlBody::binding)
                .compose(binding -> BindSession.ADDRESS.ask(bus, new BindSession(session(context), binding)))
                .compose(shown -> answer(context, 200, shown));
    }

    Future<?> unbind(RoutingContext context) {
        QueryFields fields = new QueryFields(context.queryParams(), Set.of("domain", "type"));
        Binding binding = new Binding(
                ControlBody.domain(fields.text("domain", ControlBody::isDomain, ControlBody.DOMAIN_EXPECTED)),
                ControlBody.type(fields.text("type", ControlBody::isType, ControlBody.TYPE_EXPECTED)));
        return UnbindSession.ADDRESS
                .ask(bus, new UnbindSession(session(context), binding))
                .compose(shown -> answer(context, 200, shown));
    }

    Future<?> lock(RoutingContext context) {
        return LockControl.ADDRESS
                .ask(bus, new LockControl(session(context), pair(context)))
                .compose(shown -> answer(context, 200, shown));
    }

    Future<?> unlock(RoutingContext context) {
        return UnlockControl.ADDRESS
                .ask(bus, new UnlockControl(session(context), pair(context)))
                .compose(shown -> answer(context, 200, shown));
    }

    private static Binding pair(RoutingContext context) {
        String uuid = context.pathParam("uuid");
        String type = context.pathParam("type");
        if (DomainRequest.uuid(uuid) == null) {
            throw Problem.invalidField("uuid", uuid, "a domain's UUID").toException();
        }
        if (!ControlBody.isType(type) || type.equals(ShownBinding.ANY)) {
            throw Problem.invalidField("type", type, ControlBody.TYPE_EXPECTED.replace(", or * for every type", ""))
                    .toException();
        }
        return new Binding(ControlBody.domain(uuid), ControlBody.type(type));
    }

    private static String session(RoutingContext context) {
        return context.pathParam("session");
    }

    private static Future<Void> answer(RoutingContext context, int status, SessionShown shown) {
        return Answers.json(context.response(), status, ShownSession.of(shown.session()));
    }

    /** A new stream displaces the one that reads the session now. */
    Future<?> stream(RoutingContext context) {
        HttpServerRequest request = context.request();
        String session = session(context);
        if (StreamOpener.wantsLines(request)) {
            throw Upgrade.malformed("Accept", request.getHeader(HttpHeaders.ACCEPT), SseSink.TYPE)
                    .toException();
        }
        long after = after(context);
        Problem refusal = Upgrade.isAsked(request) ? Upgrade.refusal(request, SocketSink.PROTOCOL) : null;
        if (refusal != null) {
            return Future.failedFuture(refusal.toException());
        }
        EventStreams.Place place = streams.take();
        String stream = UUID.randomUUID().toString();
        Future<StreamOpener.Opening> opening = AttachSession.ADDRESS
                .ask(bus, new AttachSession(session, stream, after))
                .map(shown -> opening(shown.session(), stream));
        return opener.open(
                        request,
                        place,
                        sequence -> AcknowledgeSession.ADDRESS.ask(bus, new AcknowledgeSession(session, sequence)),
                        opening)
                .onFailure(failure -> detach(session, stream));
    }

    private static long after(RoutingContext context) {
        QueryFields fields = new QueryFields(context.queryParams(), Set.of("after"));
        String after = fields.text("after", SEQUENCE.asMatchPredicate(), "a sequence number");
        String lastEventId = context.request().getHeader("Last-Event-ID");
        if (lastEventId != null && !lastEventId.isEmpty()) {
            return EventQuery.lastEventId(lastEventId);
        }
        return after == null ? NOTHING : Long.parseLong(after);
    }

    private StreamOpener.Opening opening(SessionView session, String stream) {
        String id = session.id();
        return new StreamOpener.Opening(
                EventRecord.Filter.of(session.bindings(), session.acknowledged() + 1),
                (max, wait) -> AwaitSession.ADDRESS
                        .ask(bus, new AwaitSession(id, stream, max, wait))
                        .map(ControlArrived::batch),
                Long.MAX_VALUE,
                EventPump.WAIT.toMillis(),
                pump -> {
                    endReader(id, EventPump.DISPLACED);
                    readers.put(id, pump);
                },
                pump -> {
                    readers.remove(id, pump);
                    detach(id, stream);
                });
    }

    private void endReader(String session, String reason) {
        EventPump reader = readers.remove(session);
        if (reader != null) {
            reader.end(EventRecord.End.of(reason));
        }
    }

    private void detach(String session, String stream) {
        DetachSession.ADDRESS
                .ask(bus, new DetachSession(session, stream))
                .onFailure(failure -> LOG.debug("A session's end came before its stream's", failure));
    }
}
