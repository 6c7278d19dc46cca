package dev.xcs.api;

import dev.xcs.message.AttachDisk;
import dev.xcs.message.ChangeDisk;
import dev.xcs.message.DetachDisk;
import dev.xcs.message.FetchDisks;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.UUID;

/** The disks of a domain over HTTP. */
final class DiskOperations {
    private final EventBus bus;
    private final BodyReader bodies;

    DiskOperations(EventBus bus, BodyReader bodies) {
        this.bus = bus;
        this.bodies = bodies;
    }

    Future<?> list(RoutingContext context, UUID uuid) {
        return FetchDisks.ADDRESS
                .ask(bus, new FetchDisks(uuid), DomainOperations.LONG)
                .compose(shown -> Answers.json(context.response(), 200, shown.disks()));
    }

    Future<?> attach(RoutingContext context, UUID uuid) {
        return bodies.read(context.request())
                .map(DiskRequest::disk)
                .compose(disk -> AttachDisk.ADDRESS.ask(bus, new AttachDisk(uuid, disk), DomainOperations.LONG))
                .compose(attached -> {
                    context.response()
                            .putHeader(
                                    HttpHeaders.LOCATION,
                                    "/v1/domains/" + uuid + "/disks/"
                                            + attached.disk().virtualDevice());
                    return Answers.json(context.response(), 201, attached.disk());
                });
    }

    Future<?> change(RoutingContext context, UUID uuid) {
        String vdev = context.pathParam("vdev");
        return bodies.read(context.request())
                .map(DiskRequest::change)
                .compose(change ->
                        ChangeDisk.ADDRESS.ask(bus, new ChangeDisk(uuid, vdev, change), DomainOperations.LONG))
                .compose(changed -> Answers.json(context.response(), 200, changed.disk()));
    }

    Future<?> detach(RoutingContext context, UUID uuid) {
        boolean force = new QueryFields(context.queryParams(), Set.of("force")).flag("force");
        return DetachDisk.ADDRESS
                .ask(bus, new DetachDisk(uuid, context.pathParam("vdev"), force), DomainOperations.LONG)
                .compose(gone -> context.response().setStatusCode(204).end());
    }
}
