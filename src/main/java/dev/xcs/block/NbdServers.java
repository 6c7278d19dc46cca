package dev.xcs.block;

import dev.xcs.device.SupervisedProcess;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of images, one process of qemu-nbd for each disk. They outlive the daemon and are found again by the next one; they are
 * never restarted: a guest would not know what was lost. All calls from the context that this was made on; the listener is called
 * there too.
 */
final class NbdServers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NbdServers.class);
    private static final Duration TRIM = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final Context context;
    private final Patience patience;
    private final NbdFiles files;
    private final NbdProcess qemu;
    private final BiConsumer<NbdServer, String> onDeath;
    private final Map<DeviceNumber, Running> running = new HashMap<>();
    private final long trimming;
    private boolean closed;

    /** How long a server may take to be ready, to end when it is asked to, and to end when it is killed. */
    record Patience(Duration ready, Duration end, Duration killed) {
        static final Patience USUAL =
                new Patience(Duration.ofSeconds(20), Duration.ofSeconds(15), Duration.ofSeconds(10));
    }

    /** A device that has a server, or will have one when that is started. */
    private static final class Running {
        @Nullable
        NbdServer server;

        @Nullable
        SupervisedProcess process;

        Future<NbdServer> started = Future.failedFuture("not started");

        @Nullable
        Future<Void> stopping;
    }

    /**
     * @param command where qemu-nbd is
     * @param directory absolute, for pid files, sockets and logs; made when it is missing
     * @param onDeath told of a server that ended unasked, with its exit code and the last that it said
     */
    NbdServers(Vertx vertx, Path command, Path directory, Patience patience, BiConsumer<NbdServer, String> onDeath) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.patience = patience;
        this.files = new NbdFiles(directory);
        this.qemu = new NbdProcess(command, files);
        this.onDeath = onDeath;
        this.trimming = vertx.setPeriodic(TRIM.toMillis(), id -> trim());
    }

    /** The server of a device, as far as this run knows. */
    Optional<NbdServer> of(DeviceNumber device) {
        return Optional.ofNullable(running.get(device)).map(known -> known.server);
    }

    /**
     * Starts a server and waits until the device has a size.
     *
     * @param device one that nobody uses
     * @param state the device as it is now
     * @return fails with what the server said when it ended, with TIMEOUT when it was not ready in time; then there is no server
     */
    Future<NbdServer> start(NbdImage image, AttachedDevice device, Supplier<Future<Optional<AttachedDevice>>> state) {
        if (running.containsKey(device.number())) {
            return Future.failedFuture(Problem.of(ProblemType.CONFLICT, device.path() + " has a server already")
                    .asRetryable()
                    .toException());
        }
        Running mine = new Running();
        running.put(device.number(), mine);
        NbdStart start = new NbdStart(vertx, qemu, image, device, state, () -> mine.stopping != null);
        mine.started = attempt(mine, start, NbdProcess.Access.DIRECT)
                .recover(failure -> needsCache(failure)
                        ? attempt(mine, start, NbdProcess.Access.CACHED)
                        : Future.failedFuture(failure))
                .onSuccess(server -> watch(mine, server))
                .onFailure(failure -> running.remove(device.number(), mine));
        return mine.started;
    }

    /** QEMU says so when a file system cannot do direct I/O. */
    private static boolean needsCache(Throwable failure) {
        String cause = ProblemException.of(failure).cause();
        return cause != null && (cause.contains("O_DIRECT") || cause.contains("aio=native"));
    }

    private Future<NbdServer> attempt(Running mine, NbdStart start, NbdProcess.Access access) {
        DeviceNumber device = start.device().number();
        return start.process(access)
                .compose(process -> {
                    SupervisedProcess supervised = SupervisedProcess.child(process, context);
                    mine.process = supervised;
                    return start.ready(supervised, patience.ready())
                            .map(any -> NbdProcess.server(start.image(), start.device(), process.pid()))
                            .recover(failure -> end(supervised).transform(end -> Future.failedFuture(failure)));
                })
                .recover(failure -> explained(start, failure)
                        .compose(problem ->
                                forget(device).transform(done -> Future.failedFuture(problem.toException()))));
    }

    /** With what the server said, if it said anything. */
    private Future<Problem> explained(NbdStart start, Throwable failure) {
        Problem problem = ProblemException.of(failure);
        return vertx.executeBlocking(() -> files.said(start.device().number()), false)
                .map(said -> said.isEmpty() ? problem : problem.withCause(said));
    }

    private Future<String> end(SupervisedProcess process) {
        return process.end(patience.end(), patience.killed());
    }

    private void watch(Running mine, NbdServer server) {
        mine.server = server;
        SupervisedProcess process = mine.process;
        if (process != null) {
            process.ended().onSuccess(code -> {
                if (mine.stopping == null && !closed) {
                    bury(mine, server, code);
                }
            });
        }
    }

    private void bury(Running mine, NbdServer server, String code) {
        running.remove(server.device(), mine);
        LOG.error("the server of {} for {} ended unasked: {}", server.path(), server.image(), code);
        vertx.executeBlocking(() -> files.said(server.device()), false)
                .compose(said -> forget(server.device()).map(said))
                .onComplete(said -> onDeath.accept(server, said.succeeded() ? code + ": " + said.result() : code));
    }

    /**
     * Ends a server: what it has not yet written is written first. Done when the process is gone, at once when there is none.
     *
     * @return fails with TIMEOUT when the process cannot even be killed; it may be tried again
     */
    Future<Void> stop(DeviceNumber device) {
        Running mine = running.get(device);
        if (mine == null) {
            return Future.succeededFuture();
        }
        if (mine.stopping == null) {
            // A start under way sees this, and gives up.
            mine.stopping = Future.succeededFuture();
            mine.stopping = mine.started
                    .transform(any -> mine.process == null ? Future.succeededFuture("") : end(mine.process))
                    .compose(code -> forget(device))
                    .onSuccess(done -> running.remove(device, mine))
                    .onFailure(failure -> mine.stopping = null);
        }
        return mine.stopping;
    }

    /** Takes up the servers of an earlier run, and tidies away what is left of those that ended. */
    Future<List<NbdServer>> takeUp() {
        return vertx.executeBlocking(this::find, false).map(all -> {
            List<NbdServer> servers = new ArrayList<>();
            for (NbdProcess.Found found : all) {
                Running mine = new Running();
                if (running.putIfAbsent(found.server().device(), mine) == null) {
                    mine.process = SupervisedProcess.stranded(found.process(), context);
                    mine.started = Future.succeededFuture(found.server());
                    watch(mine, found.server());
                    servers.add(found.server());
                }
            }
            return servers;
        });
    }

    private List<NbdProcess.Found> find() throws IOException {
        List<NbdProcess.Found> all = new ArrayList<>();
        for (NbdFiles.Kept kept : files.kept()) {
            Optional<NbdProcess.Found> found = qemu.find(kept);
            if (found.isPresent()) {
                all.add(found.get());
            } else {
                LOG.warn("the server of {} ended while no daemon ran: {}", kept.path(), files.said(kept.device()));
                files.forget(kept.device());
            }
        }
        return all;
    }

    private Future<Void> forget(DeviceNumber device) {
        return vertx.<Void>executeBlocking(
                        () -> {
                            files.forget(device);
                            return null;
                        },
                        false)
                .onFailure(failure -> LOG.warn("files of the server of {} stay: {}", device, failure.toString()));
    }

    private void trim() {
        List<DeviceNumber> devices = List.copyOf(running.keySet());
        vertx.executeBlocking(
                        () -> {
                            for (DeviceNumber device : devices) {
                                files.trim(device);
                            }
                            return true;
                        },
                        false)
                .onFailure(failure -> LOG.warn("a server's log cannot be cut: {}", failure.toString()));
    }

    /** The servers go on; nobody is told of their death any more. */
    @Override
    public void close() {
        closed = true;
        vertx.cancelTimer(trimming);
    }
}
