package dev.xcs.devicemodel;

import dev.xcs.device.SupervisedProcess;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** The device model of one boot, from when it is to be launched. */
final class DeviceModel {
    private static final Duration END = Duration.ofSeconds(3);
    private static final Duration KILLED = Duration.ofSeconds(5);

    private final int domid;
    /** None when it could not be launched. */
    private final Promise<Optional<SupervisedProcess>> launched = Promise.promise();

    private boolean ending;

    DeviceModel(int domid) {
        this.domid = domid;
    }

    int domid() {
        return domid;
    }

    void runs(SupervisedProcess process) {
        launched.tryComplete(Optional.of(process));
    }

    /** The launch is over; without effect if it runs. */
    void isDecided() {
        launched.tryComplete(Optional.empty());
    }

    /** Tells when it ends without having been asked to, and how. */
    void onUnaskedEnd(Consumer<String> told) {
        process()
                .ifPresent(process -> process.ended().onSuccess(how -> {
                    if (!ending) {
                        told.accept(how);
                    }
                }));
    }

    boolean hasEnded() {
        return process().map(process -> process.ended().isComplete()).orElse(true);
    }

    private Optional<SupervisedProcess> process() {
        return launched.future().isComplete() ? launched.future().result() : Optional.empty();
    }

    /** Also of one that is just being launched. */
    Future<Void> end() {
        ending = true;
        return launched.future()
                .compose(process -> process.map(it -> it.end(END, KILLED)).orElseGet(() -> Future.succeededFuture("")))
                .mapEmpty();
    }
}
