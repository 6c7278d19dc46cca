package dev.xcs.console;

import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.ConsoleOpened;
import dev.xcs.message.RouteControl;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The console of one domain over all its boots: one history, and at most one ring at a time. */
final class DomainConsole {
    private final UUID uuid;
    private final EventBus bus;
    private final ConsoleConfig config;
    private final ConsoleMetrics metrics;
    private final Turns turns = new Turns();
    private ConsoleHistory history;
    private InputQueue input;
    private @Nullable BootConsole boot;
    /** One whose attach failed and could not be undone: its ring is still mapped and keeps its domain's memory. */
    private @Nullable BootConsole leftover;

    private boolean used;
    /** How much of the history was told of as activity. */
    private long told;

    DomainConsole(UUID uuid, EventBus bus, ConsoleConfig config, ConsoleMetrics metrics) {
        this.uuid = uuid;
        this.bus = bus;
        this.config = config;
        this.metrics = metrics;
        this.history = new ConsoleHistory(config.historyBytes());
        this.input = new InputQueue(config.inputBytes());
    }

    UUID uuid() {
        return uuid;
    }

    /** Whether there is nothing to keep: never attached or forgotten since, and nobody who waits for it. */
    boolean isUnused() {
        return !used && leftover == null && turns.isIdle();
    }

    /** A ring of an earlier boot that is still there is detached first; the same boot twice is done. */
    Future<Void> attach(AttachConsole wanted) {
        return turns.next(() -> {
            if (boot != null && boot.domid() == wanted.domid()) {
                return Future.succeededFuture();
            }
            return detachAll().compose(none -> attachBoot(wanted));
        });
    }

    private Future<Void> attachBoot(AttachConsole wanted) {
        BootConsole made = new BootConsole(bus, wanted, history, input, metrics);
        return made.attach()
                .onSuccess(attached -> {
                    boot = made;
                    used = true;
                    metrics.attached();
                })
                .onFailure(failure -> leftover = made.isHolding() ? made : null);
    }

    Future<Void> detach(int domid) {
        return turns.next(() -> isOf(boot, domid) || isOf(leftover, domid) ? detachAll() : Future.succeededFuture());
    }

    Future<Void> detach() {
        return turns.next(this::detachAll);
    }

    private static boolean isOf(@Nullable BootConsole console, int domid) {
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

    /** Detaches and drops the history. */
    Future<Void> forget() {
        return turns.next(() -> detachAll().onSuccess(detached -> {
            history = new ConsoleHistory(config.historyBytes());
            told = 0;
            used = false;
        }));
    }

    ConsoleOpened open() {
        return new ConsoleOpened(history.begin(), Buffer.buffer(history.replay()));
    }

    void type(byte[] typed) {
        BootConsole now = boot;
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

    /** Tells the switch how much was printed since the last time, if anything was. */
    void tellActivity() {
        long end = history.end();
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

    /** Tries again to type what found no room; the guest's event may have been lost. */
    void writeOn() {
        if (boot != null) {
            boot.writeOn();
        }
    }
}
