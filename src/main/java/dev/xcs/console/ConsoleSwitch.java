package dev.xcs.console;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.journal.ConsoleHistory;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.ConsoleEnded;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsoleJoined;
import dev.xcs.message.ConsoleLogRead;
import dev.xcs.message.ConsoleShown;
import dev.xcs.message.DetachConsole;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.Done;
import dev.xcs.message.FetchConsole;
import dev.xcs.message.FetchSerial;
import dev.xcs.message.ForgetConsole;
import dev.xcs.message.JoinConsole;
import dev.xcs.message.LeaveConsole;
import dev.xcs.message.ReadConsoleLog;
import dev.xcs.message.ReleaseLease;
import dev.xcs.message.ResizeConsole;
import dev.xcs.message.TakeLease;
import dev.xcs.message.TypeConsole;
import dev.xcs.model.DomainState;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.Xenstore;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the consoles of all domains. Every ring is drained whether or not anybody looks; what was printed is published once,
 * with its offset, and the last of it is kept for those who come later: who listens first and opens then misses nothing and
 * knows by the offset what came twice.
 */
public final class ConsoleSwitch extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleSwitch.class);
    private static final Duration LOOK_AT_OPEN_TERMINALS_EVERY = Duration.ofMillis(50);
    /** While nobody has any open; how long who opens one waits for its first bytes. */
    private static final Duration LOOK_FOR_OPENED_EVERY = Duration.ofMillis(250);

    private static final Duration OPEN_AGAIN_EVERY = Duration.ofSeconds(1);
    private static final Duration SERIAL = Duration.ofSeconds(5);
    private static final int MAX_READ_BYTES = 256 * 1024;
    private static final Duration TYPE_AGAIN_EVERY = Duration.ofMillis(500);
    /** A guest that prints without end is one control message a second. */
    private static final Duration ACTIVITY_EVERY = Duration.ofSeconds(1);

    private final ConsoleConfig config;
    private final ConsoleLog log;
    private final @Nullable Xenstore xenstore;
    private @Nullable TerminalViewers terminals;
    private @Nullable ForeignConsoles foreigners;
    private final ConsoleMetrics metrics;
    private final Map<UUID, DomainConsole> consoles = new HashMap<>();
    private final List<Future<Void>> listening = new ArrayList<>();
    private boolean stopping;

    /** @param log where what guests print is kept, by the one who takes it from the rings */
    public ConsoleSwitch(ConsoleConfig config, ConsoleLog log, MeterRegistry metrics) {
        this(config, log, null, metrics);
    }

    /**
     * @param log where what guests print is kept, by the one who takes it from the rings
     * @param xenstore where consoles are named for other tools; none without it
     */
    public ConsoleSwitch(ConsoleConfig config, ConsoleLog log, @Nullable Xenstore xenstore, MeterRegistry metrics) {
        this.config = config;
        this.xenstore = xenstore;
        this.log = log;
        this.metrics = new ConsoleMetrics(metrics, log);
    }

    @Override
    public Future<?> start() {
        if (xenstore != null) {
            TerminalViewers seen = new TerminalViewers(vertx, xenstore);
            terminals = seen;
            ForeignConsoles others = new ForeignConsoles(vertx.eventBus(), xenstore, config, metrics);
            foreigners = others;
            look(seen, others);
            vertx.setPeriodic(OPEN_AGAIN_EVERY.toMillis(), timer -> others.tick());
        }
        answer(AttachConsole.ADDRESS, this::attach);
        answer(DetachConsole.ADDRESS, this::detach);
        answer(ForgetConsole.ADDRESS, this::forget);
        answer(JoinConsole.ADDRESS, this::join);
        answer(LeaveConsole.ADDRESS, this::leave);
        answer(FetchConsole.ADDRESS, this::fetch);
        answer(ReadConsoleLog.ADDRESS, this::read);
        answer(TypeConsole.ADDRESS, this::type);
        answer(TakeLease.ADDRESS, ask -> done(known(ask.uuid()), console -> console.take(ask.viewer(), ask.steal())));
        answer(ReleaseLease.ADDRESS, ask -> done(known(ask.uuid()), console -> console.release(ask.viewer())));
        answer(
                ResizeConsole.ADDRESS,
                ask -> done(known(ask.uuid()), console -> console.resize(ask.viewer(), ask.columns(), ask.rows())));
        listening.add(
                DomainChanged.ADDRESS.listen(vertx.eventBus(), this::changed).completion());
        vertx.setPeriodic(TYPE_AGAIN_EVERY.toMillis(), timer -> all().forEach(DomainConsole::writeOn));
        vertx.setPeriodic(ACTIVITY_EVERY.toMillis(), timer -> {
            Instant now = Instant.now();
            all().forEach(console -> console.tick(now));
        });
        return Future.all(listening);
    }

    private void look(TerminalViewers seen, ForeignConsoles others) {
        Duration next = seen.areOpen() || others.areOpen() ? LOOK_AT_OPEN_TERMINALS_EVERY : LOOK_FOR_OPENED_EVERY;
        // First, so that a look that fails is not the last.
        vertx.setTimer(next.toMillis(), timer -> look(seen, others));
        seen.tick();
        others.look();
    }

    private List<DomainConsole> all() {
        List<DomainConsole> all = new ArrayList<>(consoles.values());
        if (foreigners != null) {
            all.addAll(foreigners.all());
        }
        return all;
    }

    private void changed(DomainChanged change) {
        if (foreigners != null) {
            foreigners.changed(change);
        }
        if (terminals != null && !change.gone()) {
            terminals.changed(change.domain().domid());
        }
        DomainConsole console = consoles.get(change.domain().uuid());
        if (console != null && change.domain().state() == DomainState.RUNNING) {
            console.unpaused(change.domain().domid());
        }
    }

    private <Q extends BusMessage, R extends BusMessage> void answer(
            Address<Q, R> address, Function<Q, Future<R>> answerer) {
        listening.add(address.answer(vertx.eventBus(), answerer).completion());
    }

    private Future<Done> attach(AttachConsole ask) {
        if (stopping) {
            throw Problem.of(ProblemType.UNAVAILABLE, "The console switch is stopping")
                    .asRetryable()
                    .toException();
        }
        DomainConsole console = console(ask.uuid());
        return attach(console, ask)
                .onSuccess(attached -> {
                    if (terminals != null) {
                        terminals.attached(ask.domid(), console, log.history(ask.uuid()));
                    }
                })
                .onFailure(failure -> dropIfUnused(console))
                .map(new Done());
    }

    private Future<Void> attach(DomainConsole console, AttachConsole ask) {
        if (!ask.serial()) {
            return console.attach(ask);
        }
        ConsoleHistory history = log.history(ask.uuid());
        return console.attach(
                ask,
                () -> FetchSerial.ADDRESS
                        .ask(vertx.eventBus(), new FetchSerial(ask.uuid()), SERIAL)
                        .map(at -> (typed, milestones) -> new SerialConsole(
                                vertx, ask.uuid(), new SerialLine(at, history), typed, milestones, metrics)));
    }

    private DomainConsole console(UUID domain) {
        return consoles.computeIfAbsent(
                domain,
                uuid -> new DomainConsole(uuid, vertx.eventBus(), config, metrics, log.history(uuid)::extent, false));
    }

    private void dropIfUnused(DomainConsole console) {
        if (console.isUnused()) {
            consoles.remove(console.uuid(), console);
        }
    }

    /** Its terminal goes when it is detached: an attachment that is still under way has not opened it yet. */
    private Future<Done> detach(DetachConsole ask) {
        DomainConsole console = consoles.get(ask.uuid());
        Future<Void> detached = console == null ? Future.succeededFuture() : console.detach(ask.domid());
        return detached.onComplete(any -> {
                    if (terminals != null) {
                        terminals.detached(ask.domid());
                    }
                    if (console != null) {
                        dropIfUnused(console);
                    }
                })
                .map(new Done());
    }

    /** The history goes with the domain. */
    private Future<Done> forget(ForgetConsole ask) {
        DomainConsole console = consoles.get(ask.uuid());
        Future<Void> forgotten = console == null ? Future.succeededFuture() : console.forget();
        return forgotten
                .onSuccess(none -> {
                    ConsoleEnded.ADDRESS.at(ask.uuid()).publish(vertx.eventBus(), new ConsoleEnded(ask.uuid()));
                    consoles.remove(ask.uuid());
                })
                .compose(none -> blocking(() -> {
                    log.drop(ask.uuid());
                    return new Done();
                }));
    }

    private <T> Future<T> blocking(Callable<T> work) {
        return vertx.executeBlocking(work, false);
    }

    private Future<ConsoleJoined> join(JoinConsole ask) {
        Integer foreign = ask.foreign();
        return foreign == null
                ? Future.succeededFuture(join(console(ask.uuid()), ask, !log.isSuspended()))
                : foreigners().open(ask.uuid(), foreign).map(console -> join(console, ask, true));
    }

    private static ConsoleJoined join(DomainConsole console, JoinConsole ask, boolean kept) {
        String viewer = console.join(ask.name(), ask.login(), ask.viewOnly()).id();
        return new ConsoleJoined(viewer, console.state(kept));
    }

    private ForeignConsoles foreigners() {
        if (foreigners == null) {
            throw Problem.of(ProblemType.UNAVAILABLE, "There is no xenstore to find the consoles of other tools in")
                    .toException();
        }
        return foreigners;
    }

    private Future<Done> leave(LeaveConsole ask) {
        DomainConsole console = consoles.get(ask.uuid());
        if (console != null) {
            console.leave(ask.viewer());
            dropIfUnused(console);
        } else if (foreigners != null) {
            foreigners.leave(ask.uuid(), ask.viewer());
        }
        return Future.succeededFuture(new Done());
    }

    private Future<ConsoleShown> fetch(FetchConsole ask) {
        return Future.succeededFuture(new ConsoleShown(
                ask.foreign()
                        ? foreigners().state(ask.uuid())
                        : known(ask.uuid()).state(!log.isSuspended())));
    }

    private Future<ConsoleLogRead> read(ReadConsoleLog ask) {
        RecentBytes recent = foreigners == null ? null : foreigners.recent(ask.uuid());
        if (recent != null) {
            Buffer frame = recent.read(ask.from(), Math.min(ask.atMost(), MAX_READ_BYTES));
            return Future.succeededFuture(new ConsoleLogRead(frame, ConsoleFrame.offset(frame) > ask.from()));
        }
        ConsoleHistory history = log.find(ask.uuid()).orElseThrow(() -> unknown(ask.uuid()));
        return blocking(() -> {
            ConsoleHistory.Span span = history.read(ask.from(), Math.min(ask.atMost(), MAX_READ_BYTES));
            return new ConsoleLogRead(
                    ConsoleFrame.of(span.offset(), span.bytes(), span.bytes().length), span.expired());
        });
    }

    private Future<Done> type(TypeConsole ask) {
        return done(
                known(ask.uuid()),
                console -> console.type(ask.viewer(), ask.bytes().getBytes()));
    }

    private static Future<Done> done(DomainConsole console, Consumer<DomainConsole> step) {
        step.accept(console);
        return Future.succeededFuture(new Done());
    }

    /** That of a domain whose ring is or was read, or of which there is a history. */
    private DomainConsole known(UUID uuid) {
        DomainConsole console = consoles.get(uuid);
        if (console != null) {
            return console;
        }
        DomainConsole foreign = foreigners == null ? null : foreigners.find(uuid);
        if (foreign != null) {
            return foreign;
        }
        if (log.find(uuid).isEmpty()) {
            throw unknown(uuid);
        }
        return console(uuid);
    }

    private static ProblemException unknown(UUID uuid) {
        return Problem.of(ProblemType.NOT_FOUND, "There is no console of domain " + uuid)
                .withField("uuid")
                .toException();
    }

    /** Unmaps every ring, so that the next who owns them goes on with the next byte. */
    @Override
    public Future<?> stop() {
        stopping = true;
        List<Future<Void>> detached = all().stream().map(DomainConsole::detach).toList();
        return Future.join(detached)
                .onFailure(failure -> LOG.error("Failed to detach a console: {}", failure.getMessage()));
    }
}
