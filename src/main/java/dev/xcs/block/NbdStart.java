package dev.xcs.block;

import dev.xcs.device.SupervisedProcess;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A server that is to be started.
 *
 * @param state the device as it is now
 * @param unwanted whether somebody has asked to stop it since
 */
record NbdStart(
        Vertx vertx,
        NbdProcess qemu,
        NbdImage image,
        AttachedDevice device,
        Supplier<Future<Optional<AttachedDevice>>> state,
        BooleanSupplier unwanted) {
    private static final Duration POLL = Duration.ofMillis(20);

    Future<Process> process(NbdProcess.Access access) {
        return vertx.executeBlocking(() -> qemu.start(image, device, access), false)
                .recover(failure -> Future.failedFuture(
                        new ProblemException(failed("qemu-nbd cannot be run: " + failure.getMessage()), failure)));
    }

    /** Done when the device has a size: from then on the server answers. */
    Future<Void> ready(SupervisedProcess process, Duration atMost) {
        return ready(process, System.nanoTime() + atMost.toNanos(), atMost);
    }

    private Future<Void> ready(SupervisedProcess process, long until, Duration atMost) {
        if (process.ended().isComplete()) {
            return Future.failedFuture(
                    failed("qemu-nbd ended: " + process.ended().result()).toException());
        }
        if (unwanted.getAsBoolean()) {
            return Future.failedFuture(Problem.of(
                            ProblemType.PREEMPTED,
                            "the server of " + device.path() + " was stopped before it was ready")
                    .toException());
        }
        return state.get().compose(now -> {
            if (now.filter(found -> found.sizeBytes() > 0).isPresent()
                    && !process.ended().isComplete()) {
                return Future.succeededFuture();
            }
            return System.nanoTime() > until
                    ? Future.failedFuture(late(atMost))
                    : vertx.timer(POLL.toMillis()).compose(any -> ready(process, until, atMost));
        });
    }

    private Problem failed(String why) {
        return Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "The image " + Problem.quote(image.file().toString()) + " cannot be served: " + why)
                .withField("target")
                .withCall("qemu-nbd", image.file().toString());
    }

    private ProblemException late(Duration atMost) {
        return Problem.of(
                        ProblemType.TIMEOUT,
                        device.path() + " has no size " + atMost.toMillis() + " ms after its server was started")
                .withCall("qemu-nbd", image.file().toString())
                .asRetryable()
                .toException();
    }
}
