package dev.xcs.block;

import dev.xcs.device.ScriptRunner;
import dev.xcs.xenstore.NodeWait;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hotplug scripts of disks, with the environment and the arguments that xl gives them: {@code script add} or {@code remove}, XENBUS_PATH,
 * XENBUS_TYPE, XENBUS_BASE_PATH.
 */
final class HotplugScripts {
    private static final Logger LOG = LoggerFactory.getLogger(HotplugScripts.class);

    private static final Duration BACKEND_READY = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Xenstore store;
    private final ScriptRunner runner;

    HotplugScripts(Vertx vertx, Xenstore store, ScriptRunner runner) {
        this.vertx = vertx;
        this.store = store;
        this.runner = runner;
    }

    /** Done when the script has made the device and the back-end has it. */
    Future<Void> add(String script, VbdPaths paths) {
        NodeWait ready = NodeWait.until(
                vertx,
                store,
                paths.backend() + "/state",
                value -> value.filter(state -> !state.equals("1")).isPresent(),
                BACKEND_READY);
        return ready.future()
                .compose(any -> run(script, "add", paths))
                .compose(any -> store.read(paths.backend() + "/hotplug-error"))
                .compose(error -> error.filter(text -> !text.isEmpty()).isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                ScriptRunner.failed(script, error.get()).toException()));
    }

    /** What fails is only logged: what is removed is gone all the same. */
    Future<Void> remove(String script, VbdPaths paths) {
        return run(script, "remove", paths).recover(failure -> {
            LOG.warn("{}", failure.getMessage());
            return Future.succeededFuture();
        });
    }

    private Future<Void> run(String script, String verb, VbdPaths paths) {
        return runner.run(
                script,
                List.of(verb),
                Map.of(
                        "XENBUS_TYPE", "vbd",
                        "XENBUS_PATH", "backend/vbd/" + paths.domid() + "/" + paths.number(),
                        "XENBUS_BASE_PATH", "backend"));
    }

    /** @throws dev.xcs.model.ProblemException of type INVALID_FIELD if it is not one that may be run */
    Path find(String script) {
        return runner.find(script);
    }
}
