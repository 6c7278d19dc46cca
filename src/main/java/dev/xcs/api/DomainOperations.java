package dev.xcs.api;

import dev.xcs.config.DaemonConfig.PvgrubConfig;
import dev.xcs.message.ChangeDomain;
import dev.xcs.message.CreateDomain;
import dev.xcs.message.DestroyDomain;
import dev.xcs.message.DomainShown;
import dev.xcs.message.FetchDomain;
import dev.xcs.message.FetchDomains;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.UUID;

/** Domains over HTTP. */
final class DomainOperations {
    /** How long a domain may take to be built, changed or destroyed; each step of it has its own, shorter deadline. */
    static final Duration LONG = Duration.ofSeconds(120);

    private static final Duration SHORT = Duration.ofSeconds(5);

    private final EventBus bus;
    private final BodyReader bodies;
    private final PvgrubConfig pvgrub;

    DomainOperations(EventBus bus, BodyReader bodies, PvgrubConfig pvgrub) {
        this.bus = bus;
        this.bodies = bodies;
        this.pvgrub = pvgrub;
    }

    Future<?> list(RoutingContext context) {
        return FetchDomains.ADDRESS
                .ask(bus, new FetchDomains(), SHORT)
                .compose(shown -> Answers.json(context.response(), 200, shown.domains()));
    }

    Future<?> create(RoutingContext context) {
        return bodies.read(context.request())
                .map(body -> DomainRequest.create(body, pvgrub))
                .compose(this::create)
                .compose(created -> answerCreated(context, created));
    }

    private Future<DomainShown> create(NewDomain domain) {
        return CreateDomain.ADDRESS
                .ask(bus, domain.create(), LONG)
                .recover(failure -> Future.failedFuture(domain.explain(failure)));
    }

    Future<?> show(RoutingContext context, UUID uuid) {
        return FetchDomain.ADDRESS
                .ask(bus, new FetchDomain(uuid), SHORT)
                .compose(shown -> Answers.json(context.response(), 200, shown.domain()));
    }

    Future<?> change(RoutingContext context, UUID uuid) {
        return bodies.read(context.request())
                .map(DomainRequest::state)
                .compose(state -> ChangeDomain.ADDRESS.ask(bus, new ChangeDomain(uuid, state), LONG))
                .compose(changed -> Answers.json(context.response(), 200, changed.domain()));
    }

    Future<?> destroy(RoutingContext context, UUID uuid) {
        return DestroyDomain.ADDRESS
                .ask(bus, new DestroyDomain(uuid), LONG)
                .compose(destroyed -> context.response().setStatusCode(204).end());
    }

    private static Future<Void> answerCreated(RoutingContext context, DomainShown created) {
        context.response()
                .putHeader(
                        HttpHeaders.LOCATION, "/v1/domains/" + created.domain().uuid());
        return Answers.json(context.response(), 201, created.domain());
    }
}
