package dev.xcs.console;

import dev.xcs.message.AttachTerminal;
import dev.xcs.message.ConsolePrinted;
import dev.xcs.message.DetachTerminal;
import dev.xcs.message.ReadTerminal;
import dev.xcs.message.TerminalRead;
import dev.xcs.message.TypeTerminal;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console of a boot that another tool made, through the pseudo terminal on which xenconsoled shows it. It is looked at in turns, since nobody tells that
 * there is something; who reads takes bytes away from all others, {@code xl console} for one, and they from us.
 */
final class TerminalConsole implements ConsoleSource {
    private static final Logger LOG = LoggerFactory.getLogger(TerminalConsole.class);
    /** Bytes of an answer that is given up are lost. */
    private static final Duration MOVE_TIMEOUT = Duration.ofMinutes(5);

    private static final int WRITE_BYTES = 1024;

    private final EventBus bus;
    private final UUID uuid;
    private final int domid;
    private final String path;
    private final InputQueue input;
    private final RecentBytes recent;
    private final ConsoleMetrics metrics;
    private final Runnable whenOver;
    private final Turns turns = new Turns();
    private boolean open;
    private boolean newBoot;
    private boolean over;
    private boolean failing;

    /**
     * @param path of the terminal
     * @param recent gets what is read
     * @param whenOver called once when its other end is closed
     */
    TerminalConsole(
            EventBus bus,
            UUID uuid,
            int domid,
            String path,
            InputQueue input,
            RecentBytes recent,
            ConsoleMetrics metrics,
            Runnable whenOver) {
        this.bus = bus;
        this.uuid = uuid;
        this.domid = domid;
        this.path = path;
        this.input = input;
        this.recent = recent;
        this.metrics = metrics;
        this.whenOver = whenOver;
    }

    @Override
    public int domid() {
        return domid;
    }

    @Override
    public boolean isNewBoot() {
        return newBoot;
    }

    @Override
    public Future<Void> attach() {
        return turns.next(() -> AttachTerminal.ADDRESS
                .ask(bus, new AttachTerminal(domid, path))
                .onSuccess(attached -> {
                    open = true;
                    newBoot = recent.booted(domid, Instant.now());
                })
                .mapEmpty());
    }

    @Override
    public boolean isHolding() {
        return false;
    }

    @Override
    public void unpaused() {
        // Who made it knows.
    }

    /** Looks whether there is something, unless it is looking already. */
    void look() {
        if (open && !over && turns.isIdle()) {
            note(turns.next(this::move));
        }
    }

    @Override
    public void writeOn() {
        look();
    }

    /** Reads and writes once, and goes on in another turn as long as there is something to read. */
    private Future<Void> move() {
        if (!open || over) {
            return Future.succeededFuture();
        }
        return ReadTerminal.ADDRESS
                .ask(bus, new ReadTerminal(domid), MOVE_TIMEOUT)
                .compose(read -> {
                    taken(read);
                    return write().onSuccess(written -> {
                        if (read.bytes().length() > 0 || written > 0) {
                            note(turns.next(this::move));
                        }
                    });
                })
                .mapEmpty();
    }

    private void taken(TerminalRead read) {
        if (read.bytes().length() > 0) {
            metrics.printed(read.bytes().length());
            ConsolePrinted.ADDRESS.at(uuid).publish(bus, new ConsolePrinted(uuid, recent.append(read.bytes())));
        }
        if (read.over() && !over) {
            over = true;
            whenOver.run();
        }
    }

    private Future<Integer> write() {
        if (over || input.isEmpty()) {
            return Future.succeededFuture(0);
        }
        Buffer typed = Buffer.buffer(input.peek(WRITE_BYTES));
        return TypeTerminal.ADDRESS
                .ask(bus, new TypeTerminal(domid, typed), MOVE_TIMEOUT)
                .map(written -> {
                    input.drop(written.accepted());
                    metrics.typed(written.accepted());
                    return written.accepted();
                });
    }

    /** Tells of the first failure in a row; the next look tries again. */
    private void note(Future<Void> step) {
        step.onSuccess(done -> failing = false).onFailure(failure -> {
            if (!failing) {
                LOG.warn("The terminal of domid {}, {}, is stuck: {}", domid, path, failure.getMessage());
            }
            failing = true;
        });
    }

    @Override
    public Future<Void> detach() {
        return turns.next(() -> {
            open = false;
            return DetachTerminal.ADDRESS.ask(bus, new DetachTerminal(domid)).mapEmpty();
        });
    }
}
