package dev.xcs.api;

import dev.xcs.message.ConsoleJoined;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.FetchDomain;
import dev.xcs.message.JoinConsole;
import dev.xcs.message.LeaveConsole;
import dev.xcs.model.ConsoleState;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
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
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Admits console viewers: every refusal is made before the upgrade, as a problem document. */
final class ConsoleDesk {
    static final String PROTOCOL = "xcs.console.v1";

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleDesk.class);
    private static final short IDLE = 4401;
    private static final short SHARE_OVER = 4403;
    /** How long after a domain's end its console may still have something to say. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final EventBus bus;
    private final int maxViewers;
    private final Duration viewIdle;
    private final Duration pingEvery;
    private final MessageConsumer<DomainChanged> changes;
    private final Map<UUID, ConsoleRoom> rooms = new HashMap<>();
    private final Map<String, Set<Peer>> byShare = new HashMap<>();

    ConsoleDesk(Vertx vertx, int maxViewers, Duration viewIdle, Duration pingEvery, MeterRegistry meters) {
        this.vertx = vertx;
        this.bus = vertx.eventBus();
        this.maxViewers = maxViewers;
        this.viewIdle = viewIdle;
        this.pingEvery = pingEvery;
        this.changes = DomainChanged.ADDRESS.listen(bus, this::changed);
        Gauge.builder(
                        "xcs.console.viewers",
                        rooms,
                        all -> all.values().stream()
                                .mapToInt(ConsoleRoom::places)
                                .sum())
                .description("Websockets that look at a console.")
                .register(meters);
    }

    /** Where somebody wants to begin, and how the others are to see it. */
    private record Wish(ConsoleStart start, @Nullable String name) {
        static Wish of(RoutingContext context) {
            QueryFields query = ConsoleStart.query(context.queryParams(), "viewer");
            String name = query.text(
                    "viewer",
                    text -> text.matches("[\\p{L}\\p{N}\\p{P}\\p{S} ]{1,64}") && !text.isBlank(),
                    "1 to 64 visible characters");
            return new Wish(ConsoleStart.of(query), name);
        }
    }

    Future<?> attach(RoutingContext context, UUID uuid) {
        HttpServerRequest request = context.request();
        Problem refusal = Upgrade.refusal(request, PROTOCOL);
        if (refusal != null) {
            return Future.failedFuture(refusal.toException());
        }
        Wish wish = Wish.of(context);
        ConsoleRoom room = rooms.computeIfAbsent(uuid, id -> new ConsoleRoom(vertx, id));
        room.takePlace();
        if (room.places() > maxViewers) {
            leavePlace(room, uuid);
            return Future.failedFuture(Problem.of(
                            ProblemType.TOO_MANY,
                            "The console of " + uuid + " has " + maxViewers + " viewers, the maximum")
                    .asRetryable()
                    .toException());
        }
        // The upgrade comes later than this event.
        request.pause();
        Login login = Login.of(context);
        return FetchDomain.ADDRESS
                .ask(bus, new FetchDomain(uuid), ConsoleViewer.TIMEOUT)
                .compose(shown -> admit(request, room, shown.domain(), login, wish))
                .onFailure(failure -> {
                    leavePlace(room, uuid);
                    request.resume();
                });
    }

    private Future<?> admit(HttpServerRequest request, ConsoleRoom room, Domain domain, Login login, Wish wish) {
        if (domain.domid() == 0) {
            return Future.failedFuture(noConsole(domain).toException());
        }
        Integer foreign = domain.managed() ? null : domain.domid();
        JoinConsole join = new JoinConsole(domain.uuid(), wish.name(), login.name(), login.viewOnly(), foreign);
        return room.listening()
                .compose(heard -> JoinConsole.ADDRESS.ask(bus, join, ConsoleViewer.TIMEOUT))
                .compose(joined -> upgrade(request, room, domain, login, wish, joined));
    }

    private static Problem noConsole(Domain domain) {
        return Problem.of(ProblemType.NOT_FOUND, "There is no console of the control domain, " + domain.uuid());
    }

    private Future<?> upgrade(
            HttpServerRequest request, ConsoleRoom room, Domain domain, Login login, Wish wish, ConsoleJoined joined) {
        return Future.succeededFuture()
                .map(any -> wish.start().from(joined.state(), ConsoleStart.DEFAULT_LAST))
                .compose(from ->
                        request.toWebSocket().onSuccess(socket -> seat(socket, room, domain, login, joined, from)))
                .onFailure(failure -> leave(domain.uuid(), joined.viewer()));
    }

    private void seat(
            ServerWebSocket socket, ConsoleRoom room, Domain domain, Login login, ConsoleJoined joined, long from) {
        Peer peer = new Peer(vertx, socket, pingEvery);
        ConsoleViewer viewer = new ConsoleViewer(bus, domain.uuid(), peer, from);
        ConsoleInput input = new ConsoleInput(bus, domain.uuid(), joined.viewer(), room, peer);
        peer.onGone(() -> {
            room.leave(viewer);
            leave(domain.uuid(), joined.viewer());
            leavePlace(room, domain.uuid());
        });
        input.start();
        watchIdle(input, peer);
        watchShare(login, peer);
        viewer.text(hello(room, domain, login, joined, from));
        room.enter(viewer, joined.state());
    }

    private static String hello(ConsoleRoom room, Domain domain, Login login, ConsoleJoined joined, long from) {
        ConsoleState state = joined.state();
        return Answers.text(new ConsoleText.Hello(
                "hello",
                domain.uuid(),
                domain.domid() < 0 ? null : domain.domid(),
                domain.name(),
                state.boot(),
                state.first(),
                state.next(),
                from,
                joined.viewer(),
                room.watchers(state),
                room.lease(state),
                ConsoleText.Boot.of(state.boots()),
                login.viewOnly(),
                state.shared()));
    }

    private void watchIdle(ConsoleInput input, Peer peer) {
        long left = viewIdle.toMillis() - Duration.ofNanos(input.idleNanos()).toMillis();
        if (left <= 0) {
            peer.sendAway(IDLE, "nothing was said for " + viewIdle.toSeconds() + " s");
        } else {
            long timer = vertx.setTimer(left, any -> watchIdle(input, peer));
            peer.onGone(() -> vertx.cancelTimer(timer));
        }
    }

    /** Who came by a link stays no longer than that is good. */
    private void watchShare(Login login, Peer peer) {
        String share = login.share();
        Instant until = login.until();
        if (share == null || until == null) {
            return;
        }
        byShare.computeIfAbsent(share, id -> new HashSet<>()).add(peer);
        long left = Math.max(1, Duration.between(Instant.now(), until).toMillis());
        long timer = vertx.setTimer(left, any -> peer.sendAway(SHARE_OVER, "the share link has expired"));
        peer.onGone(() -> {
            vertx.cancelTimer(timer);
            byShare.computeIfPresent(share, (id, peers) -> peers.remove(peer) && peers.isEmpty() ? null : peers);
        });
    }

    /** Sends away who came by a share link. */
    void closeShare(String id, String reason) {
        Set.copyOf(byShare.getOrDefault(id, Set.of())).forEach(peer -> peer.sendAway(SHARE_OVER, reason));
    }

    private void leave(UUID uuid, String viewer) {
        LeaveConsole.ADDRESS
                .ask(bus, new LeaveConsole(uuid, viewer), ConsoleViewer.TIMEOUT)
                .onFailure(failure -> LOG.debug("A viewer could not leave", failure));
    }

    private void leavePlace(ConsoleRoom room, UUID uuid) {
        if (room.leavePlace()) {
            rooms.remove(uuid, room);
            room.release();
        }
    }

    private void changed(DomainChanged change) {
        ConsoleRoom room = rooms.get(change.domain().uuid());
        if (room == null) {
            return;
        }
        if (change.gone()) {
            // A copy: who attaches later looks at another domain, even if it has the same uuid.
            List<ConsoleViewer> those = room.viewers();
            vertx.setTimer(LAST_WORDS.toMillis(), timer -> those.forEach(ConsoleViewer::ended));
        } else if (isStopped(change.domain())) {
            room.stopped(change.reason() == null ? "unknown" : change.reason().json());
        } else {
            room.running();
        }
    }

    private static boolean isStopped(Domain domain) {
        return domain.state() == DomainState.SHUTDOWN || domain.state() == DomainState.CRASHED;
    }

    /** Sends everybody away. */
    Future<?> close() {
        rooms.values().stream()
                .flatMap(room -> room.viewers().stream())
                .toList()
                .forEach(viewer -> viewer.peer().sendAway((short) 1001, "the daemon stops"));
        return changes.unregister();
    }
}
