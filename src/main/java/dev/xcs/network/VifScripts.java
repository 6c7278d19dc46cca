package dev.xcs.network;

import dev.xcs.device.DevicePaths;
import dev.xcs.device.ScriptRunner;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hotplug scripts of vifs, with the environment and the arguments that xl gives them: {@code script online type_if=vif} or {@code offline},
 * XENBUS_PATH, XENBUS_TYPE, XENBUS_BASE_PATH, vif. What such a script does to its vif is its own business: xcsd does nothing beside it.
 */
final class VifScripts {
    private static final Logger LOG = LoggerFactory.getLogger(VifScripts.class);

    private final Xenstore store;
    private final ScriptRunner runner;

    VifScripts(Xenstore store, ScriptRunner runner) {
        this.store = store;
        this.runner = runner;
    }

    /** @throws dev.xcs.model.ProblemException of type INVALID_FIELD if it is not one that may be run */
    void find(String script) {
        runner.find(script);
    }

    /** Done when it says that the vif is on its network. */
    Future<Void> online(String script, DevicePaths paths, String name) {
        return run(script, "online", paths, name)
                .compose(any -> store.read(paths.backend() + "/hotplug-error"))
                .compose(error -> error.filter(text -> !text.isEmpty()).isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                ScriptRunner.failed(script, error.get()).toException()));
    }

    /** What fails is only logged: what is removed is gone all the same. */
    Future<Void> offline(String script, DevicePaths paths, String name) {
        return run(script, "offline", paths, name).recover(failure -> {
            LOG.warn("{}", failure.getMessage());
            return Future.succeededFuture();
        });
    }

    private Future<Void> run(String script, String verb, DevicePaths paths, String name) {
        return runner.run(
                script,
                List.of(verb, "type_if=vif"),
                Map.of(
                        "XENBUS_TYPE", paths.kind(),
                        "XENBUS_PATH", paths.relative(),
                        "XENBUS_BASE_PATH", "backend",
                        "vif", name));
    }
}
