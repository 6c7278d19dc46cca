package dev.xcs.console;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.ConsoleEnded;
import dev.xcs.message.ConsoleOpened;
import dev.xcs.message.DetachConsole;
import dev.xcs.message.Done;
import dev.xcs.message.ForgetConsole;
import dev.xcs.message.OpenConsole;
import dev.xcs.message.TypeConsole;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the consoles of all domains. Every ring is drained whether or not anybody looks; what was printed is published once,
 * with its offset, and the last of it is kept for those who come later: who listens first and opens then misses nothing and
 * knows by the offset what came twice.
 */
public final class ConsoleSwitch extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleSwitch.class);
    private static final Duration TYPE_AGAIN_EVERY = Duration.ofMillis(500);
    /** A guest that prints without end is one control message a second. */
    private static final Duration ACTIVITY_EVERY = Duration.ofSeconds(1);

    private final ConsoleConfig config;
    private final ConsoleMetrics metrics;
    private final Map<UUID, DomainConsole> consoles = new HashMap<>();
    private final List<Future<Void>> listening = new ArrayList<>();
    private boolean stopping;

    public ConsoleSwitch(ConsoleConfig config, MeterRegistry metrics) {
        this.config = config;
        this.metrics = new ConsoleMetrics(metrics);
    }

    @Override
    public Future<?> start() {
        answer(AttachConsole.ADDRESS, this::attach);
        answer(DetachConsole.ADDRESS, this::detach);
        answer(ForgetConsole.ADDRESS, this::forget);
        answer(OpenConsole.ADDRESS, this::open);
        answer(TypeConsole.ADDRESS, this::type);
        vertx.setPeriodic(
                TYPE_AGAIN_EVERY.toMillis(), timer -> consoles.values().forEach(DomainConsole::writeOn));
        vertx.setPeriodic(ACTIVITY_EVERY.toMillis(), timer -> consoles.values().forEach(DomainConsole::tellActivity));
        return Future.all(listening);
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
        DomainConsole console = consoles.computeIfAbsent(
                ask.uuid(), uuid -> new DomainConsole(uuid, vertx.eventBus(), config, metrics));
        return console.attach(ask).onFailure(failure -> dropIfUnused(console)).map(new Done());
    }

    private void dropIfUnused(DomainConsole console) {
        if (console.isUnused()) {
            consoles.remove(console.uuid(), console);
        }
    }

    private Future<Done> detach(DetachConsole ask) {
        DomainConsole console = consoles.get(ask.uuid());
        return console == null
                ? Future.succeededFuture(new Done())
                : console.detach(ask.domid())
                        .onComplete(detached -> dropIfUnused(console))
                        .map(new Done());
    }

    private Future<Done> forget(ForgetConsole ask) {
        DomainConsole console = consoles.get(ask.uuid());
        if (console == null) {
            return Future.succeededFuture(new Done());
        }
        return console.forget()
                .onSuccess(forgotten -> {
                    ConsoleEnded.ADDRESS.at(ask.uuid()).publish(vertx.eventBus(), new ConsoleEnded(ask.uuid()));
                    dropIfUnused(console);
                })
                .map(new Done());
    }

    private Future<ConsoleOpened> open(OpenConsole ask) {
        return Future.succeededFuture(known(ask.uuid()).open());
    }

    private Future<Done> type(TypeConsole ask) {
        known(ask.uuid()).type(ask.bytes().getBytes());
        return Future.succeededFuture(new Done());
    }

    private DomainConsole known(UUID uuid) {
        DomainConsole console = consoles.get(uuid);
        if (console == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no console of domain " + uuid)
                    .withField("uuid")
                    .toException();
        }
        return console;
    }

    /** Unmaps every ring, so that the next who owns them goes on with the next byte. */
    @Override
    public Future<?> stop() {
        stopping = true;
        List<Future<Void>> detached =
                consoles.values().stream().map(DomainConsole::detach).toList();
        return Future.join(detached)
                .onFailure(failure -> LOG.error("Failed to detach a console: {}", failure.getMessage()));
    }
}
