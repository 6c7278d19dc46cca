package dev.xcs.api;

import dev.xcs.message.ConsoleOpened;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.FetchDomain;
import dev.xcs.model.Domain;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Admits console viewers: every refusal is made before the upgrade, as a problem document. */
final class ConsoleDesk {
    static final String PROTOCOL = "xcs.console.v1";

    /** How long after a domain's end its console may still have something to say. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final EventBus bus;
    private final int maxViewers;
    private final Duration pingEvery;
    private final MessageConsumer<DomainChanged> changes;
    private final Map<UUID, Set<ConsoleViewer>> viewers = new HashMap<>();
    private final Map<UUID, Integer> places = new HashMap<>();

    ConsoleDesk(Vertx vertx, int maxViewers, Duration pingEvery, MeterRegistry meters) {
        this.vertx = vertx;
        this.bus = vertx.eventBus();
        this.maxViewers = maxViewers;
        this.pingEvery = pingEvery;
        this.changes = DomainChanged.ADDRESS.listen(bus, this::changed);
        Gauge.builder(
                        "xcs.console.viewers",
                        places,
                        all -> all.values().stream().mapToInt(n -> n).sum())
                .description("Websockets that look at a console.")
                .register(meters);
    }

    Future<?> attach(RoutingContext context, UUID uuid) {
        HttpServerRequest request = context.request();
        Problem refusal = Upgrade.refusal(request, PROTOCOL);
        if (refusal != null) {
            return Future.failedFuture(refusal.toException());
        }
        if (places.getOrDefault(uuid, 0) >= maxViewers) {
            return Future.failedFuture(Problem.of(
                            ProblemType.TOO_MANY,
                            "The console of " + uuid + " has " + maxViewers + " viewers, the maximum")
                    .asRetryable()
                    .toException());
        }
        // The upgrade comes later than this event.
        request.pause();
        places.merge(uuid, 1, Integer::sum);
        return FetchDomain.ADDRESS
                .ask(bus, new FetchDomain(uuid), ConsoleViewer.TIMEOUT)
                .compose(shown -> admit(request, shown.domain()))
                .onFailure(failure -> {
                    leavePlace(uuid);
                    request.resume();
                });
    }

    private Future<?> admit(HttpServerRequest request, Domain domain) {
        ConsoleViewer viewer = new ConsoleViewer(bus, domain);
        return viewer.listening()
                .compose(heard -> viewer.open())
                .compose(history ->
                        request.toWebSocket().onSuccess(socket -> seat(viewer, socket, domain.uuid(), history)))
                .onFailure(failure -> viewer.release());
    }

    private void seat(ConsoleViewer viewer, ServerWebSocket socket, UUID uuid, ConsoleOpened history) {
        viewers.computeIfAbsent(uuid, none -> new HashSet<>()).add(viewer);
        Peer peer = new Peer(vertx, socket, pingEvery);
        peer.onGone(() -> leave(viewer, uuid));
        viewer.start(peer, history);
    }

    private void leave(ConsoleViewer viewer, UUID uuid) {
        viewer.release();
        leavePlace(uuid);
        viewers.computeIfPresent(uuid, (id, others) -> others.remove(viewer) && others.isEmpty() ? null : others);
    }

    private void leavePlace(UUID uuid) {
        places.computeIfPresent(uuid, (id, taken) -> taken > 1 ? taken - 1 : null);
    }

    private void changed(DomainChanged change) {
        // A copy: who attaches later looks at another domain, even if it has the same uuid.
        Set<ConsoleViewer> those =
                Set.copyOf(viewers.getOrDefault(change.domain().uuid(), Set.of()));
        if (change.gone() && !those.isEmpty()) {
            vertx.setTimer(LAST_WORDS.toMillis(), timer -> those.forEach(ConsoleViewer::gone));
        } else {
            those.forEach(viewer -> viewer.changed(change.domain()));
        }
    }

    /** Sends everybody away. */
    Future<?> close() {
        viewers.values().stream()
                .flatMap(Set::stream)
                .toList()
                .forEach(viewer -> viewer.close((short) 1001, "the daemon stops"));
        return changes.unregister();
    }
}
