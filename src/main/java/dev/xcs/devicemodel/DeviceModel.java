package dev.xcs.devicemodel;

import dev.xcs.device.SupervisedProcess;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The device model of one boot, from when it is launched. */
final class DeviceModel {
    private static final Duration END = Duration.ofSeconds(3);
    private static final Duration KILLED = Duration.ofSeconds(5);

    private final int domid;
    private @Nullable SupervisedProcess process;
    private boolean ending;

    DeviceModel(int domid) {
        this.domid = domid;
    }

    int domid() {
        return domid;
    }

    void runs(SupervisedProcess launched) {
        process = launched;
    }

    /** Tells when it ends without having been asked to, and how. */
    void onUnaskedEnd(Consumer<String> told) {
        if (process != null) {
            process.ended().onSuccess(how -> {
                if (!ending) {
                    told.accept(how);
                }
            });
        }
    }

    Future<Void> end() {
        ending = true;
        return process == null
                ? Future.succeededFuture()
                : process.end(END, KILLED).mapEmpty();
    }
}
