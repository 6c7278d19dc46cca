package dev.xcs.network;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for interfaces of vifs to go: the kernel takes one away a little after its back-end has closed, and no event tells. */
final class Departures {
    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final Vertx vertx;
    private final NativeNetwork devices;

    Departures(Vertx vertx, NativeNetwork devices) {
        this.vertx = vertx;
        this.devices = devices;
    }

    /** Whether it has gone; if it does not, that is said in the log. */
    Future<Boolean> await(String name) {
        return await(name, System.nanoTime());
    }

    private Future<Boolean> await(String name, long since) {
        return devices.links().compose(links -> {
            if (links.stream().noneMatch(link -> link.name().equals(name))) {
                return Future.succeededFuture(true);
            }
            if (System.nanoTime() - since > LIMIT.toNanos()) {
                LOG.warn("The interface {} is still there after {} s", name, LIMIT.toSeconds());
                return Future.succeededFuture(false);
            }
            return vertx.timer(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS).compose(any -> await(name, since));
        });
    }
}
