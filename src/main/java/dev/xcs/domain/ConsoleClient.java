package dev.xcs.domain;

import dev.xcs.message.AttachConsole;
import dev.xcs.message.DetachConsole;
import dev.xcs.message.ForgetConsole;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.util.UUID;

/** What the domains ask of the console switch. */
final class ConsoleClient {
    private final EventBus bus;
    private final Deadlines deadlines;

    ConsoleClient(EventBus bus, Deadlines deadlines) {
        this.bus = bus;
        this.deadlines = deadlines;
    }

    Future<Void> attach(UUID uuid, int domid, long frame, int port) {
        AttachConsole wanted = new AttachConsole(uuid, domid, frame, port);
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
