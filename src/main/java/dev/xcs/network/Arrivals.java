package dev.xcs.network;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Connects vifs whose interfaces are just being made: Linux' netback says that it waits for the guest a moment before it registers the interface
 * (netback_probe in drivers/net/xen-netback/xenbus.c), and no event tells when that is done.
 */
final class Arrivals {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private final Vertx vertx;
    private final NativeNetwork devices;

    Arrivals(Vertx vertx, NativeNetwork devices) {
        this.vertx = vertx;
        this.devices = devices;
    }

    Future<Void> connect(VifPort port) {
        return connect(port, System.nanoTime());
    }

    private Future<Void> connect(VifPort port, long since) {
        return devices.connect(port)
                .recover(failure ->
                        isMissing(port, ProblemException.of(failure)) && System.nanoTime() - since < LIMIT.toNanos()
                                ? vertx.timer(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)
                                        .compose(any -> connect(port, since))
                                : Future.failedFuture(failure));
    }

    /** And not the bridge that it is to be put on. */
    private static boolean isMissing(VifPort port, Problem problem) {
        return problem.type() == ProblemType.NOT_FOUND && port.device().equals(problem.argument());
    }
}
