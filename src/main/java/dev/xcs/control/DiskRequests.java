package dev.xcs.control;

import dev.xcs.message.AttachDisk;
import dev.xcs.message.ChangeDisk;
import dev.xcs.message.DetachDisk;
import dev.xcs.message.RequestControl;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.DiskChange;
import dev.xcs.model.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.UUID;

/** Disks by the classic requests to the block back-end: VBD_CREATE, VBD_DESTROY and VBD_GROW. A disk of today never shrinks. */
final class DiskRequests {
    private final EventBus bus;

    DiskRequests(EventBus bus) {
        this.bus = bus;
    }

    Future<Void> carryOut(RequestControl request) {
        Duration deadline = Duration.ofMillis(request.deadlineMillis());
        UUID domain = request.domain();
        ControlPayload payload = request.payload();
        switch (request.subtype()) {
            case BLKIF_BE_VBD_CREATE:
                return payload instanceof ControlPayload.Disk wanted
                        ? AttachDisk.ADDRESS
                                .ask(bus, new AttachDisk(domain, wanted.disk()), deadline)
                                .<Void>mapEmpty()
                                .recover(failure -> within("payload.disk.", failure))
                        : Requests.wrongPayload("payload.kind", payload, "disk");
            case BLKIF_BE_VBD_DESTROY:
                return payload instanceof ControlPayload.DiskRemoval removal
                        ? DetachDisk.ADDRESS
                                .ask(bus, new DetachDisk(domain, removal.vdev(), removal.force()), deadline)
                                .<Void>mapEmpty()
                                .recover(failure -> within("payload.", failure))
                        : Requests.wrongPayload("payload.kind", payload, "disk-removal");
            default:
                return payload instanceof ControlPayload.DiskSize size
                        ? ChangeDisk.ADDRESS
                                .ask(
                                        bus,
                                        new ChangeDisk(domain, size.vdev(), DiskChange.resize(size.sizeBytes())),
                                        deadline)
                                .<Void>mapEmpty()
                                .recover(failure -> within("payload.", failure))
                        : Requests.wrongPayload("payload.kind", payload, "disk-size");
        }
    }

    private static Future<Void> within(String place, Throwable failure) {
        return Future.failedFuture(ProblemException.within(place, failure));
    }
}
