package dev.xcs.domain;

import dev.xcs.message.AttachConsole;
import dev.xcs.message.DetachConsole;
import dev.xcs.message.ForgetConsole;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the domains ask of the console switch. */
final class ConsoleClient {
    private final EventBus bus;
    private final Deadlines deadlines;

    ConsoleClient(EventBus bus, Deadlines deadlines) {
        this.bus = bus;
        this.deadlines = deadlines;
    }

    /** @param begun null for a boot that is older than this daemon */
    Future<Void> attach(DomainSpec spec, int domid, long frame, int port, @Nullable Instant begun) {
        boolean serial = spec.type() == DomainType.HVM;
        AttachConsole wanted = new AttachConsole(spec.uuid(), domid, frame, port, spec.guestOs(), serial, begun);
        return AttachConsole.ADDRESS.ask(bus, wanted, deadlines.hypercall()).mapEmpty();
    }

    Future<Void> detach(UUID uuid, int domid) {
        return DetachConsole.ADDRESS
                .ask(bus, new DetachConsole(uuid, domid), deadlines.hypercall())
                .mapEmpty();
    }

    Future<Void> forget(UUID uuid) {
        return ForgetConsole.ADDRESS
                .ask(bus, new ForgetConsole(uuid), deadlines.hypercall())
                .mapEmpty();
    }
}
