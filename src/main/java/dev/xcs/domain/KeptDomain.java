package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.ShutdownReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One domain as it is known: what was asked for, what the hypervisor last said, and its queue of operations. */
final class KeptDomain {
    /** What xcsd is doing with it, where that shows. */
    enum Work {
        NONE,
        BUILDING,
        DESTROYING
    }

    private final UUID uuid;
    private final DomainType type;
    private final RestartGuard guard;
    private final OperationQueue queue = new OperationQueue();
    private final List<Promise<Void>> awaitingEnd = new ArrayList<>();

    private final boolean managed;
    private @Nullable Definition definition;
    private String name;
    private int domid = -1;
    private long boundAt;
    private @Nullable DomainInfo info;
    private @Nullable ShutdownReason ended;
    private Work work = Work.NONE;
    private boolean rebootAsked;
    private boolean vanished;
    private boolean zombie;
    private boolean dropped;
    private boolean attended;
    private int handledEndOf = -1;

    private KeptDomain(UUID uuid, String name, DomainType type, @Nullable Definition definition, RestartGuard guard) {
        this.uuid = uuid;
        this.name = name;
        this.type = type;
        this.definition = definition;
        this.managed = definition != null;
        this.guard = guard;
    }

    static KeptDomain managed(Definition definition, RestartGuard guard) {
        DomainSpec spec = definition.spec();
        KeptDomain domain = new KeptDomain(spec.uuid(), spec.name(), spec.type(), definition, guard);
        domain.ended = definition.ended();
        guard.recall(definition.restarts());
        return domain;
    }

    static KeptDomain foreign(UUID uuid, String name, DomainType type, RestartGuard guard) {
        return new KeptDomain(uuid, name, type, null, guard);
    }

    UUID uuid() {
        return uuid;
    }

    String name() {
        return name;
    }

    void rename(String newer) {
        name = newer;
    }

    boolean isManaged() {
        return managed;
    }

    RestartGuard guard() {
        return guard;
    }

    OperationQueue queue() {
        return queue;
    }

    /** What is to be on disk of it, with what its guard has counted by now; only of a managed domain that was not destroyed. */
    @Nullable
    Definition definition() {
        return definition == null ? null : definition.restarted(guard.restarts());
    }

    void define(@Nullable Definition newer) {
        definition = newer;
    }

    int domid() {
        return domid;
    }

    /** Takes a new boot, or none by -1. */
    void bind(int newDomid, long tick) {
        domid = newDomid;
        boundAt = tick;
        info = null;
        vanished = false;
        zombie = false;
        handledEndOf = -1;
    }

    /** Whether the boot runs under this domid and nothing has replaced it. */
    boolean isAt(int thatDomid) {
        return !dropped && domid == thatDomid;
    }

    void work(Work now) {
        work = now;
    }

    Work work() {
        return work;
    }

    /** The hypervisor's newest word on its boot. */
    void observe(DomainInfo newer) {
        info = newer;
        if (newer.shutdownReason() != null) {
            ended = newer.shutdownReason();
        } else if (!newer.dying()) {
            ended = null;
        }
        if (newer.dying() || newer.shutdownReason() != null) {
            tellEnd();
        }
    }

    /** The hypervisor does not list its boot any more. */
    void vanish() {
        vanished = true;
        tellEnd();
    }

    @Nullable
    DomainInfo info() {
        return info;
    }

    /** Why its latest boot ended; nothing while it runs, or where nobody knows. */
    @Nullable
    ShutdownReason ended() {
        return ended;
    }

    /** A newer boot has failed: what counts is again why the one before ended. */
    void restoreEnd(@Nullable ShutdownReason reason) {
        ended = reason;
    }

    boolean isDying() {
        return vanished || (info != null && info.dying());
    }

    /** Done when its boot has ended or is gone. */
    Future<Void> untilEnded() {
        Promise<Void> end = Promise.promise();
        awaitingEnd.add(end);
        return end.future();
    }

    private void tellEnd() {
        awaitingEnd.forEach(Promise::tryComplete);
        awaitingEnd.clear();
    }

    /** A reboot that an operator asked for must not count as a restart loop; gives the mark and takes it back. */
    boolean takeRebootAsked() {
        boolean asked = rebootAsked;
        rebootAsked = false;
        return asked;
    }

    void markRebootAsked() {
        rebootAsked = true;
    }

    /** Destroyed, but still listed because somebody holds its memory. */
    void markZombie() {
        zombie = true;
        work = Work.NONE;
    }

    boolean isZombie() {
        return zombie;
    }

    /** Whether somebody is already queued to deal with the end of its boot. */
    boolean isAttended() {
        return attended;
    }

    void attended(boolean now) {
        attended = now;
    }

    /** The end of its boot was dealt with, so that it stays as it is. */
    void markEndHandled() {
        handledEndOf = domid;
    }

    /** Whether its boot has ended and nothing was done about it. */
    boolean hasUnhandledEnd() {
        return domid >= 0 && ended != null && info != null && handledEndOf != domid;
    }

    /** It is gone: whatever still waits for it is in vain. */
    void drop() {
        dropped = true;
        tellEnd();
    }

    boolean isDropped() {
        return dropped;
    }

    Reconciler.Known known() {
        return new Reconciler.Known(uuid, domid, boundAt, managed, isDying());
    }

    Domain view() {
        DomainInfo last = info;
        return last == null
                ? new Domain(uuid, name, domid, state(), type, 0, 0, 0, managed)
                : new Domain(
                        uuid,
                        name,
                        domid,
                        state(),
                        type,
                        last.memoryKib() / 1024,
                        last.onlineVcpus(),
                        last.cpuNanos() / 1e9,
                        managed);
    }

    DomainState state() {
        if (work == Work.BUILDING) {
            return DomainState.CREATING;
        }
        if (work == Work.DESTROYING || zombie || isDying()) {
            return DomainState.DYING;
        }
        if (ended == ShutdownReason.CRASH || ended == ShutdownReason.WATCHDOG) {
            return DomainState.CRASHED;
        }
        if (ended != null || domid < 0) {
            return DomainState.SHUTDOWN;
        }
        return info == null || info.paused() ? DomainState.PAUSED : DomainState.RUNNING;
    }

    @Override
    public String toString() {
        return name + " (" + uuid + (domid < 0 ? ")" : ", domid " + domid + ")");
    }
}
