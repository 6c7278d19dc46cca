package dev.xcs.block;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hotplug scripts of other people, for what only they can attach. Run without a shell, with the environment and the arguments that xl gives
 * them: {@code script add} or {@code remove}, XENBUS_PATH, XENBUS_TYPE, XENBUS_BASE_PATH.
 */
final class HotplugScripts {
    private static final Logger LOG = LoggerFactory.getLogger(HotplugScripts.class);

    /** As libxl's LIBXL_HOTPLUG_TIMEOUT. */
    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    private static final Duration BACKEND_READY = Duration.ofSeconds(10);
    private static final int SHOWN_BYTES = 2000;
    private static final String DEFAULT_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    private final Vertx vertx;
    private final Xenstore store;
    private final Path directory;
    private final Duration timeout;
    private final Map<VbdPaths, Adding> adding = new HashMap<>();

    /** A script at work, which may have to be given up; its process is another thread's. */
    private static final class Run {
        private @Nullable Process process;
        private boolean givenUp;

        synchronized void started(Process newProcess) {
            process = newProcess;
            if (givenUp) {
                kill(newProcess);
            }
        }

        synchronized void giveUp() {
            givenUp = true;
            if (process != null) {
                kill(process);
            }
        }
    }

    private record Adding(NodeWait ready, Run run, Future<Void> added) {}

    /** @param directory the only one that scripts are run from: Xen's XEN_SCRIPT_DIR */
    HotplugScripts(Vertx vertx, Xenstore store, Path directory) {
        this(vertx, store, directory, TIMEOUT);
    }

    HotplugScripts(Vertx vertx, Xenstore store, Path directory, Duration timeout) {
        this.vertx = vertx;
        this.store = store;
        this.directory = directory;
        this.timeout = timeout;
    }

    /** Done when the script has made the device and the back-end has it. */
    Future<Void> add(String script, VbdPaths paths) {
        NodeWait ready = NodeWait.until(
                vertx,
                store,
                paths.backend() + "/state",
                value -> value.filter(state -> !state.equals("1")).isPresent(),
                BACKEND_READY);
        Run run = new Run();
        Future<Void> added = ready.future()
                .compose(any -> run(script, "add", paths, run))
                .compose(any -> store.read(paths.backend() + "/hotplug-error"))
                .compose(error -> error.filter(text -> !text.isEmpty()).isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture(failed(script, error.get()).toException()));
        adding.put(paths, new Adding(ready, run, added));
        return added.onComplete(any -> adding.remove(paths));
    }

    /** What fails is only logged: what is removed is gone all the same. One that adds still is given up first. */
    Future<Void> remove(String script, VbdPaths paths) {
        return noLonger(paths)
                .transform(any -> run(script, "remove", paths, new Run()))
                .recover(failure -> {
                    LOG.warn("{}", failure.getMessage());
                    return Future.succeededFuture();
                });
    }

    private Future<Void> noLonger(VbdPaths paths) {
        Adding now = adding.get(paths);
        if (now == null) {
            return Future.succeededFuture();
        }
        now.ready.cancel();
        now.run.giveUp();
        return now.added;
    }

    private Future<Void> run(String script, String verb, VbdPaths paths, Run run) {
        return vertx.executeBlocking(
                () -> {
                    execute(find(script), verb, paths, run);
                    return null;
                },
                false);
    }

    /**
     * The program behind a name. Only what is in the directory: else whoever may attach a disk could run any program of dom0 as root.
     *
     * @throws dev.xcs.model.ProblemException of type INVALID_FIELD if it is outside
     */
    Path find(String script) {
        Path path = directory.resolve(script).normalize();
        if (!path.startsWith(directory)) {
            throw Problem.invalidField("script", script, "a script in " + directory + " (block.script-directory)")
                    .toException();
        }
        return path;
    }

    private void execute(Path script, String verb, VbdPaths paths, Run run) {
        try {
            Path errors = Files.createTempFile("xcs-script", ".err");
            try {
                Process process = start(script, verb, paths, errors);
                run.started(process);
                await(script, process, errors);
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new ProblemException(failed(script.toString(), String.valueOf(e.getMessage())), e);
        }
    }

    private static Process start(Path script, String verb, VbdPaths paths, Path errors) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(script.toString(), verb)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(errors.toFile())
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.putIfAbsent("PATH", DEFAULT_PATH);
        environment.put("script", script.toString());
        environment.put("XENBUS_TYPE", "vbd");
        environment.put("XENBUS_PATH", "backend/vbd/" + paths.domid() + "/" + paths.number());
        environment.put("XENBUS_BASE_PATH", "backend");
        return builder.start();
    }

    private void await(Path script, Process process, Path errors) throws IOException {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                kill(process);
                throw failed(script.toString(), "it took longer than " + timeout.toSeconds() + " s and was killed")
                        .toException();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new ProblemException(failed(script.toString(), "the daemon stops"), e);
        }
        if (process.exitValue() != 0) {
            throw failed(script.toString(), "exit code " + process.exitValue() + ": " + head(errors))
                    .toException();
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String head(Path errors) throws IOException {
        try (InputStream in = Files.newInputStream(errors)) {
            return new String(in.readNBytes(SHOWN_BYTES), StandardCharsets.UTF_8).strip();
        }
    }

    private static Problem failed(String script, String why) {
        return Problem.of(ProblemType.IMPOSSIBLE, "The hotplug script " + Problem.quote(script) + " failed")
                .withField("script")
                .withCall("exec", script)
                .withCause(why);
    }
}
