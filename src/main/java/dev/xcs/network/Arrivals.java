package dev.xcs.network;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

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

    /** @param wanted asked before each try; a guard that is put before an interface which its vif's end has seen off would stay for ever */
    Future<Void> connect(VifPort port, BooleanSupplier wanted) {
        return connect(port, wanted, System.nanoTime());
    }

    private Future<Void> connect(VifPort port, BooleanSupplier wanted, long since) {
        if (!wanted.getAsBoolean()) {
            return Future.failedFuture(
                    Problem.of(ProblemType.PREEMPTED, "dom0's interface " + port.name() + " is not wanted any more")
                            .toException());
        }
        return devices.connect(port)
                .recover(failure ->
                        isMissing(port, ProblemException.of(failure)) && System.nanoTime() - since < LIMIT.toNanos()
                                ? vertx.timer(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)
                                        .compose(any -> connect(port, wanted, since))
                                : Future.failedFuture(failure));
    }

    /** And not the bridge that it is to be put on. */
    private static boolean isMissing(VifPort port, Problem problem) {
        return problem.type() == ProblemType.NOT_FOUND && port.device().equals(problem.argument());
    }
}
