package dev.xcs.api;

import dev.xcs.message.AttachVif;
import dev.xcs.message.ChangeVif;
import dev.xcs.message.DetachVif;
import dev.xcs.message.FetchVifs;
import dev.xcs.model.Problem;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** The vifs of a domain over HTTP. */
final class VifOperations {
    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,4}");

    private final EventBus bus;
    private final BodyReader bodies;

    VifOperations(EventBus bus, BodyReader bodies) {
        this.bus = bus;
        this.bodies = bodies;
    }

    Future<?> list(RoutingContext context, UUID uuid) {
        return FetchVifs.ADDRESS
                .ask(bus, new FetchVifs(uuid), DomainOperations.LONG)
                .compose(shown -> Answers.json(context.response(), 200, shown.vifs()));
    }

    Future<?> attach(RoutingContext context, UUID uuid) {
        return bodies.read(context.request())
                .map(VifRequest::vif)
                .compose(vif -> AttachVif.ADDRESS.ask(bus, new AttachVif(uuid, vif), DomainOperations.LONG))
                .compose(attached -> {
                    context.response()
                            .putHeader(
                                    HttpHeaders.LOCATION,
                                    "/v1/domains/" + uuid + "/vifs/"
                                            + attached.vif().index());
                    return Answers.json(context.response(), 201, attached.vif());
                });
    }

    Future<?> change(RoutingContext context, UUID uuid) {
        int index = index(context);
        return bodies.read(context.request())
                .map(VifRequest::change)
                .compose(
                        change -> ChangeVif.ADDRESS.ask(bus, new ChangeVif(uuid, index, change), DomainOperations.LONG))
                .compose(changed -> Answers.json(context.response(), 200, changed.vif()));
    }

    Future<?> detach(RoutingContext context, UUID uuid) {
        int index = index(context);
        boolean force = new QueryFields(context.queryParams(), Set.of("force")).flag("force");
        return DetachVif.ADDRESS
                .ask(bus, new DetachVif(uuid, index, force), DomainOperations.LONG)
                .compose(gone -> context.response().setStatusCode(204).end());
    }

    private static int index(RoutingContext context) {
        String text = context.pathParam("index");
        if (!INDEX.matcher(text).matches()) {
            throw Problem.invalidField("index", text, "the index of a vif, 0 for the first")
                    .toException();
        }
        return Integer.parseInt(text);
    }
}
