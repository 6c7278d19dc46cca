package dev.xcs.console;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.ChannelBound;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsolePrinted;
import dev.xcs.message.ConsoleRead;
import dev.xcs.message.ConsoleWritten;
import dev.xcs.message.Done;
import dev.xcs.message.ForgetChannel;
import dev.xcs.message.MapConsole;
import dev.xcs.message.PortRaised;
import dev.xcs.message.ReadConsole;
import dev.xcs.message.UnmapConsole;
import dev.xcs.message.WatchChannel;
import dev.xcs.message.WriteConsole;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ring of one boot of a domain: attached, drained, typed into and detached. One step at a time; a step moves a bounded
 * number of bytes and then queues behind the other domains at the native thread, so that a guest that prints without end takes
 * no more than its turn.
 */
final class BootConsole implements ConsoleSource {
    private static final Logger LOG = LoggerFactory.getLogger(BootConsole.class);
    /** An answer that is given up here is lost to the history (or typed twice), so it is practically never given up. */
    private static final Duration MOVE_TIMEOUT = Duration.ofMinutes(5);

    /** The size of the input ring: more never fits at once. */
    private static final int WRITE_BYTES = 1024;
    /** A guest that prints on while it is detached keeps the rest in its ring, for the next who attaches. */
    private static final int LAST_READS = 8;

    private static final int EINVAL = 22;

    private final EventBus bus;
    private final AttachConsole boot;
    private final InputQueue input;
    private final Milestones milestones;
    private final ConsoleMetrics metrics;
    private final Turns turns = new Turns();
    private final Address<PortRaised, Done> raised;
    private final Address<ConsolePrinted, BusMessage> printed;
    private @Nullable MessageConsumer<PortRaised> listening;
    private int port = -1;
    private boolean readQueued;
    private boolean writeQueued;
    private boolean failing;
    private boolean holding;
    /** A guest can set the ring's index back: it is believed once. */
    private boolean silent = true;

    BootConsole(EventBus bus, AttachConsole boot, InputQueue input, Milestones milestones, ConsoleMetrics metrics) {
        this.bus = bus;
        this.boot = boot;
        this.input = input;
        this.milestones = milestones;
        this.metrics = metrics;
        this.printed = ConsolePrinted.ADDRESS.at(boot.uuid());
        this.raised = new Address<PortRaised, Done>("xcs.console.raised").at(boot.uuid() + "." + boot.domid());
    }

    UUID uuid() {
        return boot.uuid();
    }

    @Override
    public int domid() {
        return boot.domid();
    }

    @Override
    public boolean isNewBoot() {
        return !boot.adopted();
    }

    @Override
    public void unpaused() {
        milestones.unpaused();
    }

    private boolean isBound() {
        return port >= 0;
    }

    /** Maps, binds and drains once; whatever was done is undone if a step fails. */
    @Override
    public Future<Void> attach() {
        return turns.next(() -> {
            listening = raised.answer(bus, event -> turns.next(this::read).map(new Done()));
            return MapConsole.ADDRESS
                    .ask(bus, new MapConsole(boot.uuid(), boot.domid(), boot.frame(), boot.adopted()))
                    .compose(mapped -> bind())
                    .compose(this::bound)
                    .recover(this::undo);
        });
    }

    private Future<ChannelBound> bind() {
        return WatchChannel.ADDRESS
                .ask(bus, new WatchChannel(boot.domid(), boot.remotePort(), raised.name()))
                .recover(failure ->
                        Future.failedFuture(new ProblemException(explained(ProblemException.of(failure)), failure)));
    }

    private Future<Void> bound(ChannelBound bound) {
        port = bound.port();
        milestones.built();
        return read();
    }

    private Future<Void> undo(Throwable why) {
        return release()
                .onFailure(more -> LOG.error("Failed to undo the attach of domid {}: {}", domid(), more.getMessage()))
                .transform(done -> {
                    holding = done.failed();
                    return Future.failedFuture(why);
                });
    }

    @Override
    public boolean isHolding() {
        return holding;
    }

    /** Xen answers EINVAL for a port that waits for nobody, which is how a console looks that another process has bound. */
    private Problem explained(Problem problem) {
        if (problem.errno() == null || problem.errno() != EINVAL) {
            return problem;
        }
        String detail = "The console of domain " + uuid() + " (domid " + domid()
                + ") belongs to another process: its port " + boot.remotePort() + " cannot be bound";
        return new Problem(
                ProblemType.CONFLICT,
                detail,
                problem.field(),
                problem.step(),
                problem.call(),
                problem.argument(),
                problem.errno(),
                problem.errnoText(),
                "xenconsoled or another xcsd is attached to it",
                true);
    }

    /** One bounded read and one bounded write. */
    private Future<Void> read() {
        if (!isBound()) {
            return Future.succeededFuture();
        }
        return readOnce().compose(more -> {
            if (more) {
                readOn();
            }
            return write();
        });
    }

    private Future<Boolean> readOnce() {
        return ReadConsole.ADDRESS
                .ask(bus, new ReadConsole(domid(), port), MOVE_TIMEOUT)
                .onSuccess(this::printed)
                .map(ConsoleRead::more);
    }

    private void printed(ConsoleRead read) {
        Buffer frame = read.frame();
        if (ConsoleFrame.length(frame) == 0) {
            return;
        }
        if (silent) {
            silent = false;
            if (read.first()) {
                milestones.firstByte();
            }
        }
        metrics.printed(ConsoleFrame.length(frame));
        milestones.printed(ConsoleFrame.bytes(frame));
        printed.publish(bus, new ConsolePrinted(uuid(), frame));
    }

    private void readOn() {
        if (!readQueued) {
            readQueued = true;
            note(turns.next(() -> {
                readQueued = false;
                return read();
            }));
        }
    }

    @Override
    public void writeOn() {
        if (!writeQueued && !input.isEmpty()) {
            writeQueued = true;
            note(turns.next(() -> {
                writeQueued = false;
                return write();
            }));
        }
    }

    private Future<Void> write() {
        if (!isBound() || input.isEmpty()) {
            return Future.succeededFuture();
        }
        Buffer typed = Buffer.buffer(input.peek(WRITE_BYTES));
        return WriteConsole.ADDRESS
                .ask(bus, new WriteConsole(domid(), port, typed), MOVE_TIMEOUT)
                .onSuccess(written -> typed(written, typed.length()))
                .mapEmpty();
    }

    private void typed(ConsoleWritten written, int offered) {
        input.drop(written.accepted());
        metrics.typed(written.accepted());
        if (written.accepted() == offered) {
            writeOn();
        }
    }

    /** Tells of the first failure in a row: the next event or the next tick tries again. */
    private void note(Future<Void> step) {
        step.onSuccess(done -> failing = false).onFailure(failure -> {
            if (!failing) {
                LOG.warn("The console of domid {} is stuck: {}", domid(), failure.getMessage());
            }
            failing = true;
        });
    }

    /** Takes the last bytes, then gives ring and port back. Fails only if the ring stays mapped; then it can be tried again. */
    @Override
    public Future<Void> detach() {
        return turns.next(() -> readLast(LAST_READS)
                .onFailure(failure -> LOG.warn("Last bytes of domid {}: {}", domid(), failure.getMessage()))
                .transform(read -> release()));
    }

    private Future<Void> readLast(int reads) {
        if (!isBound() || reads == 0) {
            return Future.succeededFuture();
        }
        return readOnce().compose(more -> more ? readLast(reads - 1) : Future.succeededFuture());
    }

    private Future<Void> release() {
        return forgetPort()
                .onFailure(failure -> LOG.warn("The port of domid {}: {}", domid(), failure.getMessage()))
                .transform(forgotten -> {
                    port = -1;
                    return UnmapConsole.ADDRESS.ask(bus, new UnmapConsole(domid()));
                })
                .compose(unmapped -> stopListening());
    }

    private Future<Done> forgetPort() {
        return isBound()
                ? ForgetChannel.ADDRESS.ask(bus, new ForgetChannel(domid(), port))
                : Future.succeededFuture(new Done());
    }

    private Future<Void> stopListening() {
        return listening == null ? Future.succeededFuture() : listening.unregister();
    }
}
