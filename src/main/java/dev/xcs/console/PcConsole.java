package dev.xcs.console;

import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The console of one boot of a PC: its serial port, and the ring, which its system uses only if it knows Xen. What is typed goes to the port. */
final class PcConsole implements ConsoleSource {
    private static final Logger LOG = LoggerFactory.getLogger(PcConsole.class);

    private final BootConsole ring;
    private final SerialConsole serial;
    private boolean holding;

    PcConsole(BootConsole ring, SerialConsole serial) {
        this.ring = ring;
        this.serial = serial;
    }

    @Override
    public int domid() {
        return ring.domid();
    }

    @Override
    public boolean isNewBoot() {
        return ring.isNewBoot();
    }

    @Override
    public Future<Void> attach() {
        return ring.attach().compose(attached -> serial.attach().recover(this::undo));
    }

    private Future<Void> undo(Throwable why) {
        return detach().transform(undone -> {
            holding = undone.failed();
            return Future.failedFuture(why);
        });
    }

    @Override
    public boolean isHolding() {
        return holding || ring.isHolding();
    }

    @Override
    public void unpaused() {
        ring.unpaused();
    }

    @Override
    public void writeOn() {
        serial.writeOn();
    }

    @Override
    public Future<Void> detach() {
        return serial.detach()
                .onFailure(failure -> LOG.warn("The serial port of domid {}: {}", domid(), failure.getMessage()))
                .transform(detached -> ring.detach());
    }
}
