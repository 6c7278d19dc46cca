package dev.xcs.console;

import dev.xcs.evtchn.EventChannelPoller;
import dev.xcs.gateway.HypervisorGateway;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsolePrinted;
import dev.xcs.message.DetachConsole;
import dev.xcs.model.GuestOs;
import dev.xcs.testing.BusFixture;
import dev.xcs.testing.Consoles;
import dev.xcs.testing.FakeHypervisor;
import dev.xcs.testing.FakeXenstore;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Gateway, poller and console switch on a fake hypervisor, deployed as the daemon deploys them. */
final class ConsoleStage implements AutoCloseable {
    static final int HISTORY_BYTES = 64 * 1024;
    static final int INPUT_BYTES = 8 * 1024;

    final BusFixture on = new BusFixture();
    final FakeHypervisor host = new FakeHypervisor();
    final ConsoleLog log = Consoles.log(HISTORY_BYTES);
    final String gateway = on.deploy(new HypervisorGateway(host, log, 1, on.metrics()));
    final String consoles =
            on.deploy(new ConsoleSwitch(Consoles.config(INPUT_BYTES), log, new FakeXenstore(), on.metrics()));
    final String poller = on.deploy(new EventChannelPoller(on.metrics()));

    void attach(UUID uuid, int domid) {
        on.ask(AttachConsole.ADDRESS, attachment(uuid, domid));
    }

    AttachConsole attachment(UUID uuid, int domid) {
        return new AttachConsole(
                uuid, domid, 0xfe, host.guest(domid).remotePort(), GuestOs.UNKNOWN, false, Instant.now());
    }

    void detach(UUID uuid, int domid) {
        on.ask(DetachConsole.ADDRESS, new DetachConsole(uuid, domid));
    }

    double metric(String name) {
        return on.metrics().get(name).meter().measure().iterator().next().getValue();
    }

    /** Somebody who looks at a console and holds that no byte is missing and none comes twice. */
    Viewer viewer(UUID uuid) {
        return new Viewer(uuid, true);
    }

    /** The same for more bytes than there is room to keep. */
    Viewer forgetfulViewer(UUID uuid) {
        return new Viewer(uuid, false);
    }

    final class Viewer {
        private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
        private final boolean keeping;
        private long next;
        private String broken = "";

        private Viewer(UUID uuid, boolean keeping) {
            this.keeping = keeping;
            BusFixture.await(ConsolePrinted.ADDRESS
                    .at(uuid)
                    .listen(on.bus(), this::heard)
                    .completion());
        }

        private synchronized void heard(ConsolePrinted printed) {
            long offset = ConsoleFrame.offset(printed.frame());
            if (offset != next) {
                broken = "expected offset " + next + " and got " + offset;
            }
            next = ConsoleFrame.end(printed.frame());
            if (keeping) {
                seen.writeBytes(ConsoleFrame.bytes(printed.frame()).getBytes());
            }
        }

        synchronized byte[] seen() {
            if (!broken.isEmpty()) {
                throw new AssertionError(broken);
            }
            return seen.toByteArray();
        }

        synchronized long count() {
            return next;
        }
    }

    @Override
    public void close() {
        for (String verticle : List.of(consoles, poller, gateway)) {
            if (on.vertx().deploymentIDs().contains(verticle)) {
                BusFixture.await(on.vertx().undeploy(verticle));
            }
        }
        on.close();
    }
}
