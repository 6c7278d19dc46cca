package dev.xcs.api;

import dev.xcs.message.DisplayShown;
import dev.xcs.message.FetchDisplay;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Connects websockets with the displays of HVM guests: the bytes of VNC (RFC 6143) each way, no faster than the other end takes them. */
final class DisplayDesk {
    static final String PROTOCOL = "binary";

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final NetClient client;
    private final int maxViewers;
    private final Duration pingEvery;
    private final Map<UUID, Integer> viewers = new HashMap<>();
    private final Set<ServerWebSocket> open = new HashSet<>();

    DisplayDesk(Vertx vertx, int maxViewers, Duration pingEvery) {
        this.vertx = vertx;
        this.client = vertx.createNetClient();
        this.maxViewers = maxViewers;
        this.pingEvery = pingEvery;
    }

    Future<?> attach(RoutingContext context, UUID uuid) {
        HttpServerRequest request = context.request();
        Problem refusal = Upgrade.refusal(request, PROTOCOL);
        if (refusal != null) {
            return Future.failedFuture(refusal.toException());
        }
        if (viewers.getOrDefault(uuid, 0) >= maxViewers) {
            return Future.failedFuture(Problem.of(
                            ProblemType.TOO_MANY,
                            "The display of " + uuid + " has " + maxViewers + " viewers, the maximum")
                    .asRetryable()
                    .toException());
        }
        // The upgrade comes later than this event.
        request.pause();
        viewers.merge(uuid, 1, Integer::sum);
        return FetchDisplay.ADDRESS
                .ask(vertx.eventBus(), new FetchDisplay(uuid), TIMEOUT)
                .compose(this::connect)
                .compose(display -> request.toWebSocket()
                        .onSuccess(socket -> join(socket, display, uuid))
                        .onFailure(failure -> display.close()))
                .onFailure(failure -> {
                    leave(uuid);
                    request.resume();
                });
    }

    private Future<NetSocket> connect(DisplayShown shown) {
        return client.connect(SocketAddress.domainSocketAddress(shown.socket()))
                .onSuccess(NetSocket::pause)
                .recover(failure -> Future.failedFuture(
                        Problem.of(ProblemType.UNAVAILABLE, "The display does not answer: " + failure.getMessage())
                                .asRetryable()
                                .toException()));
    }

    /** Whichever end is closed first takes the other with it, also while that one reads nothing. */
    private void join(ServerWebSocket socket, NetSocket display, UUID uuid) {
        open.add(socket);
        // A display that stands still says nothing for hours.
        new Peer(vertx, socket, pingEvery).onGone(() -> {
            open.remove(socket);
            leave(uuid);
            display.close();
        });
        display.closeHandler(closed -> socket.close());
        display.pipeTo(socket).onComplete(over -> socket.close());
        socket.pipeTo(display).onComplete(over -> display.close());
    }

    /** Sends everybody away. */
    void close() {
        Set.copyOf(open).forEach(socket -> socket.close((short) 1001, "the daemon stops"));
    }

    private void leave(UUID uuid) {
        viewers.computeIfPresent(uuid, (id, taken) -> taken > 1 ? taken - 1 : null);
    }
}
