package dev.xcs.api;

import dev.xcs.message.FetchSession;
import dev.xcs.message.RequestControl;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** Requests down to domains over HTTP. */
final class RequestOperations {
    /** Who asks when nobody says so. */
    private static final String ANONYMOUS = "api";
    /** The router itself keeps the deadline; this is for a router that is not there. */
    private static final Duration BEYOND_DEADLINE = Duration.ofSeconds(5);

    private final EventBus bus;
    private final BodyReader bodies;

    RequestOperations(EventBus bus, BodyReader bodies) {
        this.bus = bus;
        this.bodies = bodies;
    }

    Future<?> send(RoutingContext context) {
        return bodies.read(context.request())
                .map(ControlBody::request)
                .compose(this::named)
                .compose(request -> RequestControl.ADDRESS.ask(
                        bus,
                        request,
                        Duration.ofMillis(request.deadlineMillis()).plus(BEYOND_DEADLINE)))
                .compose(answered -> Answers.json(context.response(), 200, answered.outcome()));
    }

    /** The requestor is who the request says, else whose session it is. */
    private Future<RequestControl> named(RequestControl request) {
        if (!request.requestor().isEmpty()) {
            return Future.succeededFuture(request);
        }
        String session = request.session();
        return session == null
                ? Future.succeededFuture(by(request, ANONYMOUS))
                : FetchSession.ADDRESS
                        .ask(bus, new FetchSession(session))
                        .map(shown -> by(request, shown.session().name()));
    }

    private static RequestControl by(RequestControl request, String requestor) {
        return new RequestControl(
                request.session(),
                requestor,
                request.domain(),
                request.subtype(),
                request.payload(),
                request.deadlineMillis());
    }
}
