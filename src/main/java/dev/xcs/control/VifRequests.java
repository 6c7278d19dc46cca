package dev.xcs.control;

import dev.xcs.message.AttachVif;
import dev.xcs.message.ChangeVif;
import dev.xcs.message.DetachVif;
import dev.xcs.message.RequestControl;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ProblemException;
import dev.xcs.model.VifChange;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.UUID;

/** Vifs by the classic requests to the network back-end: CREATE, DESTROY and CREDITLIMIT. */
final class VifRequests {
    private final EventBus bus;

    VifRequests(EventBus bus) {
        this.bus = bus;
    }

    Future<Void> carryOut(RequestControl request) {
        Duration deadline = Duration.ofMillis(request.deadlineMillis());
        UUID domain = request.domain();
        ControlPayload payload = request.payload();
        switch (request.subtype()) {
            case NETIF_BE_CREATE:
                return payload instanceof ControlPayload.Vif wanted
                        ? AttachVif.ADDRESS
                                .ask(bus, new AttachVif(domain, wanted.vif()), deadline)
                                .<Void>mapEmpty()
                                .recover(failure -> within("payload.vif.", failure))
                        : Requests.wrongPayload("payload.kind", payload, "vif");
            case NETIF_BE_DESTROY:
                return payload instanceof ControlPayload.VifRemoval removal
                        ? DetachVif.ADDRESS
                                .ask(bus, new DetachVif(domain, removal.index(), removal.force()), deadline)
                                .<Void>mapEmpty()
                                .recover(failure -> within("payload.", failure))
                        : Requests.wrongPayload("payload.kind", payload, "vif-removal");
            default:
                return payload instanceof ControlPayload.VifRate limit
                        ? ChangeVif.ADDRESS
                                .ask(bus, new ChangeVif(domain, limit.index(), VifChange.limit(limit.rate())), deadline)
                                .<Void>mapEmpty()
                                .recover(failure -> within("payload.", failure))
                        : Requests.wrongPayload("payload.kind", payload, "vif-rate");
        }
    }

    private static Future<Void> within(String place, Throwable failure) {
        return Future.failedFuture(ProblemException.within(place, failure));
    }
}
