package dev.xcs.console;

import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.journal.ConsoleHistory;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.ConsoleResized;
import dev.xcs.message.ConsoleRestarted;
import dev.xcs.message.ConsoleWatched;
import dev.xcs.message.LeaseChanged;
import dev.xcs.message.RouteControl;
import dev.xcs.model.ConsoleState;
import dev.xcs.model.ConsoleWatcher;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The console of one domain over all its boots: one history, those who look and the one who writes, and at most one ring at a time. */
final class DomainConsole {
    private final UUID uuid;
    private final EventBus bus;
    private final ConsoleConfig config;
    private final ConsoleMetrics metrics;
    private final Supplier<ConsoleHistory.Extent> history;
    private final boolean shared;
    private final Turns turns = new Turns();
    private final Audience audience = new Audience();
    private final WriteLease lease;
    private InputQueue input;
    private @Nullable ConsoleSource boot;
    /** One whose attach failed and could not be undone: its ring is still mapped and keeps its domain's memory. */
    private @Nullable ConsoleSource leftover;

    private boolean used;
    /** How much of the history was told of as activity. */
    private long told;

    /**
     * @param history how much there is of what it printed
     * @param shared whether another tool reads it too
     */
    DomainConsole(
            UUID uuid,
            EventBus bus,
            ConsoleConfig config,
            ConsoleMetrics metrics,
            Supplier<ConsoleHistory.Extent> history,
            boolean shared) {
        this.shared = shared;
        this.uuid = uuid;
        this.bus = bus;
        this.config = config;
        this.metrics = metrics;
        this.history = history;
        this.told = history.get().next();
        this.lease = new WriteLease(config.leaseIdle());
        this.input = new InputQueue(config.inputBytes());
    }

    UUID uuid() {
        return uuid;
    }

    /** Whether there is nothing to keep: never attached or forgotten since, nobody who looks, and nobody who waits for it. */
    boolean isUnused() {
        return !used && leftover == null && audience.isEmpty() && turns.isIdle();
    }

    /** A ring of an earlier boot that is still there is detached first; the same boot twice is done. */
    Future<Void> attach(AttachConsole wanted) {
        return attach(wanted.domid(), typed -> ring(wanted, typed, milestones(wanted)));
    }

    /**
     * The same for a domain that has a serial port: what it says there goes beside what is in its ring, and what is typed goes there.
     *
     * @param serial finds the port; asked when it is this attach's turn, so that a detach meanwhile waits for what it has to detach
     */
    Future<Void> attach(AttachConsole wanted, Supplier<Future<SerialSource>> serial) {
        return attachFound(
                wanted.domid(),
                () -> serial.get().map(port -> typed -> {
                    Milestones milestones = milestones(wanted);
                    InputQueue nothing = new InputQueue(0);
                    return new PcConsole(ring(wanted, nothing, milestones), port.open(typed, milestones));
                }));
    }

    /** Makes the source of a serial port. */
    @FunctionalInterface
    interface SerialSource {
        SerialConsole open(InputQueue typed, Milestones milestones);
    }

    private Milestones milestones(AttachConsole wanted) {
        return new Milestones(bus, wanted, config, metrics);
    }

    private BootConsole ring(AttachConsole wanted, InputQueue typed, Milestones milestones) {
        return new BootConsole(bus, wanted, typed, milestones, metrics);
    }

    /** @param source makes the source of this boot, with the queue of what is typed */
    Future<Void> attach(int domid, Function<InputQueue, ConsoleSource> source) {
        return attachFound(domid, () -> Future.succeededFuture(source));
    }

    private Future<Void> attachFound(int domid, Supplier<Future<Function<InputQueue, ConsoleSource>>> source) {
        return turns.next(() -> isAttached(domid)
                ? Future.succeededFuture()
                : detachAll().compose(none -> source.get()).compose(found -> attachBoot(found.apply(input))));
    }

    boolean isAttached(int domid) {
        return isOf(boot, domid);
    }

    private Future<Void> attachBoot(ConsoleSource made) {
        return made.attach()
                .onSuccess(attached -> {
                    boot = made;
                    used = true;
                    metrics.attached();
                    tellBoot(made);
                })
                .onFailure(failure -> leftover = made.isHolding() ? made : null);
    }

    private void tellBoot(ConsoleSource made) {
        ConsoleHistory.Extent extent = history.get();
        if (made.isNewBoot() && !extent.boots().isEmpty()) {
            long offset = extent.boots().get(extent.boots().size() - 1).offset();
            ConsoleRestarted.ADDRESS
                    .at(uuid)
                    .publish(bus, new ConsoleRestarted(uuid, extent.boot(), made.domid(), offset));
        }
    }

    Future<Void> detach(int domid) {
        return turns.next(() -> isOf(boot, domid) || isOf(leftover, domid) ? detachAll() : Future.succeededFuture());
    }

    Future<Void> detach() {
        return turns.next(this::detachAll);
    }

    /** Detaches if nobody looks. */
    Future<Void> detachUnwatched() {
        return turns.next(() -> isWatched() ? Future.succeededFuture() : detachAll());
    }

    boolean isWatched() {
        return !audience.isEmpty();
    }

    private static boolean isOf(@Nullable ConsoleSource console, int domid) {
        return console != null && console.domid() == domid;
    }

    private Future<Void> detachAll() {
        Future<Void> released =
                leftover == null ? Future.succeededFuture() : leftover.detach().onSuccess(detached -> leftover = null);
        return released.compose(none -> detachBoot());
    }

    private Future<Void> detachBoot() {
        if (boot == null) {
            return Future.succeededFuture();
        }
        return boot.detach().onSuccess(detached -> {
            tellActivity();
            boot = null;
            // What was typed at this boot is not meant for the next one.
            input = new InputQueue(config.inputBytes());
            metrics.detached();
        });
    }

    /** Detaches for good. */
    Future<Void> forget() {
        return turns.next(() -> detachAll().onSuccess(detached -> used = false));
    }

    ConsoleState state(boolean kept) {
        ConsoleHistory.Extent extent = history.get();
        ConsoleSource now = boot;
        return new ConsoleState(
                now == null ? -1 : now.domid(),
                extent.first(),
                extent.next(),
                extent.boot(),
                extent.boots(),
                audience.all(),
                lease.shown(),
                kept,
                shared);
    }

    ConsoleWatcher join(@Nullable String name, String login, boolean viewOnly) {
        ConsoleWatcher viewer = audience.join(name, login, viewOnly, Instant.now());
        tellViewers();
        return viewer;
    }

    void leave(String viewer) {
        if (audience.leave(viewer)) {
            if (lease.release(viewer)) {
                tellLease("gone");
            }
            tellViewers();
        }
    }

    void take(String viewer, boolean steal) {
        String change = lease.take(audience.viewer(viewer), steal, Instant.now());
        if (change != null) {
            tellLease(change);
        }
    }

    /** Whether anybody may write now. */
    boolean isHeld() {
        return lease.shown().holder() != null;
    }

    void release(String viewer) {
        if (lease.release(viewer)) {
            tellLease("released");
        }
    }

    void resize(String viewer, int columns, int rows) {
        lease.use(audience.viewer(viewer), Instant.now());
        ConsoleResized.ADDRESS.at(uuid).publish(bus, new ConsoleResized(uuid, columns, rows));
    }

    private void tellViewers() {
        ConsoleWatched.ADDRESS.at(uuid).publish(bus, new ConsoleWatched(uuid, audience.all()));
    }

    private void tellLease(String reason) {
        LeaseChanged.ADDRESS.at(uuid).publish(bus, new LeaseChanged(uuid, lease.shown(), reason));
    }

    void type(String viewer, byte[] typed) {
        lease.use(audience.viewer(viewer), Instant.now());
        ConsoleSource now = boot;
        if (now == null) {
            throw Problem.of(
                            ProblemType.CONFLICT, "The console of domain " + uuid + " is not attached: it does not run")
                    .asRetryable()
                    .toException();
        }
        queue(typed);
        now.writeOn();
    }

    private void queue(byte[] typed) {
        try {
            input.offer(typed);
        } catch (ProblemException full) {
            metrics.refused(typed.length);
            throw full;
        }
    }

    /** What has to be looked at now and then. */
    void tick(Instant now) {
        tellActivity();
        if (lease.expire(now)) {
            tellLease("idle");
        }
    }

    /** Tells the switch how much was printed since the last time, if anything was. */
    private void tellActivity() {
        long end = history.get().next();
        if (boot != null && end > told) {
            RouteControl.ADDRESS.publish(
                    bus,
                    new RouteControl(ControlMessage.about(
                            uuid,
                            boot.domid(),
                            ControlSubtype.CONSOLE_ACTIVITY,
                            new ControlPayload.ConsoleActivity(end - told, end))));
            told = end;
        }
    }

    /** The domain runs. */
    void unpaused(int domid) {
        ConsoleSource now = boot;
        if (now != null && now.domid() == domid) {
            now.unpaused();
        }
    }

    /** Tries again to type what found no room; the guest's event may have been lost. */
    void writeOn() {
        if (boot != null) {
            boot.writeOn();
        }
    }
}
