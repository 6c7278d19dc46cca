package dev.xcs.device;

import dev.xcs.model.ProblemException;
import dev.xcs.xenstore.NodeWait;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hotplug scripts of other people, for what only they can attach. Run without a shell, with the environment and the arguments that xl gives
 * them on Linux (libxl__get_hotplug_script_info): {@code script add} and {@code remove} for a disk, {@code script online type_if=vif} and
 * {@code offline} for an interface; XENBUS_PATH, XENBUS_TYPE, XENBUS_BASE_PATH, and for an interface vif. Not for several threads.
 */
public final class HotplugScripts {
    private static final Logger LOG = LoggerFactory.getLogger(HotplugScripts.class);

    /** As libxl's LIBXL_HOTPLUG_TIMEOUT. */
    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    private final Vertx vertx;
    private final Xenstore store;
    private final ScriptRunner runner;
    private final Map<DevicePaths, Adding> adding = new HashMap<>();

    private record Adding(NodeWait ready, ScriptRunner.Run run, Future<Void> added) {}

    /** @param directory the only one that scripts are run from: Xen's XEN_SCRIPT_DIR */
    public HotplugScripts(Vertx vertx, Xenstore store, Path directory) {
        this.vertx = vertx;
        this.store = store;
        this.runner = new ScriptRunner(directory, TIMEOUT);
    }

    /**
     * One use of a script for one device.
     *
     * @param interfaceName of a vif in dom0, empty for a disk
     */
    public record Use(String script, DevicePaths paths, String interfaceName) {
        private List<String> arguments(boolean add) {
            return interfaceName.isEmpty()
                    ? List.of(add ? "add" : "remove")
                    : List.of(add ? "online" : "offline", "type_if=vif");
        }

        private Map<String, String> environment() {
            Map<String, String> environment = new HashMap<>(Map.of(
                    "XENBUS_TYPE", paths.kind(), "XENBUS_PATH", paths.relative(), "XENBUS_BASE_PATH", "backend"));
            if (!interfaceName.isEmpty()) {
                environment.put("vif", interfaceName);
            }
            return environment;
        }
    }

    /** Done when the back-end has looked at the device and the script has made what it lacked. */
    public Future<Void> add(Use use) {
        DevicePaths paths = use.paths();
        NodeWait ready = NodeWait.until(
                vertx,
                store,
                paths.backend() + "/state",
                value -> value.filter(state -> !state.equals("1")).isPresent(),
                Handshake.CONNECT);
        ScriptRunner.Run run = new ScriptRunner.Run();
        Future<Void> added = ready.future()
                .compose(any -> run(use, true, run))
                .compose(any -> store.read(paths.backend() + "/hotplug-error"))
                .compose(error -> error.filter(text -> !text.isEmpty()).isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                ScriptRunner.failed(use.script(), error.get()).toException()));
        adding.put(paths, new Adding(ready, run, added));
        return added.onComplete(any -> adding.remove(paths));
    }

    /** What fails is only logged: what is removed is gone all the same. One that adds still is given up first. */
    public Future<Void> remove(Use use) {
        return noLonger(use.paths())
                .transform(any -> run(use, false, new ScriptRunner.Run()))
                .recover(failure -> {
                    LOG.warn("{}", failure.getMessage());
                    return Future.succeededFuture();
                });
    }

    private Future<Void> noLonger(DevicePaths paths) {
        Adding now = adding.get(paths);
        if (now == null) {
            return Future.succeededFuture();
        }
        now.ready.cancel();
        now.run.giveUp();
        return now.added;
    }

    private Future<Void> run(Use use, boolean add, ScriptRunner.Run run) {
        return vertx.executeBlocking(
                () -> {
                    runner.run(runner.find(use.script()), use.arguments(add), use.environment(), run);
                    return null;
                },
                false);
    }

    /**
     * Refuses early what could not be run later.
     *
     * @throws ProblemException of type INVALID_FIELD if it is not in the directory
     */
    public void check(String script) {
        runner.find(script);
    }
}
