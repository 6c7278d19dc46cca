package dev.xcs.api;

import dev.xcs.message.CreateNetwork;
import dev.xcs.message.DeleteNetwork;
import dev.xcs.message.FetchNetworks;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** The networks of this host over HTTP. */
final class NetworkOperations {
    private final EventBus bus;
    private final BodyReader bodies;

    NetworkOperations(EventBus bus, BodyReader bodies) {
        this.bus = bus;
        this.bodies = bodies;
    }

    Future<?> list(RoutingContext context) {
        return FetchNetworks.ADDRESS
                .ask(bus, new FetchNetworks(), DomainOperations.LONG)
                .compose(shown -> Answers.json(context.response(), 200, shown.networks()));
    }

    Future<?> create(RoutingContext context) {
        return bodies.read(context.request())
                .map(NetworkRequest::network)
                .compose(network -> CreateNetwork.ADDRESS.ask(bus, new CreateNetwork(network), DomainOperations.LONG))
                .compose(created -> {
                    context.response()
                            .putHeader(
                                    HttpHeaders.LOCATION,
                                    "/v1/networks/" + created.network().name());
                    return Answers.json(context.response(), 201, created.network());
                });
    }

    Future<?> show(RoutingContext context) {
        String name = name(context);
        return FetchNetworks.ADDRESS
                .ask(bus, new FetchNetworks(), DomainOperations.LONG)
                .map(shown -> shown.networks().stream()
                        .filter(network -> network.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> missing(name)))
                .compose(network -> Answers.json(context.response(), 200, network));
    }

    Future<?> delete(RoutingContext context) {
        return DeleteNetwork.ADDRESS
                .ask(bus, new DeleteNetwork(name(context)), DomainOperations.LONG)
                .compose(gone -> context.response().setStatusCode(204).end());
    }

    private static ProblemException missing(String name) {
        return Problem.of(ProblemType.NOT_FOUND, Problem.quote(name) + ": there is no such network")
                .toException();
    }

    private static String name(RoutingContext context) {
        String name = context.pathParam("network");
        if (!NetworkSpec.isName(name)) {
            throw Problem.invalidField("network", name, NetworkSpec.NAME_EXPECTED)
                    .toException();
        }
        return name;
    }
}
