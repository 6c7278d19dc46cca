package dev.xcs.devicemodel;

import dev.xcs.device.SupervisedProcess;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.function.Consumer;

/** A device model that is to be started. */
final class DeviceModelStart {
    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final int LOG_SHOWN = 1000;

    private final Vertx vertx;
    private final NetClient client;
    private final DomainSpec spec;
    private final int domid;
    private final QemuCommand command;

    DeviceModelStart(Vertx vertx, NetClient client, DomainSpec spec, int domid, QemuCommand command) {
        this.vertx = vertx;
        this.client = client;
        this.spec = spec;
        this.domid = domid;
        this.command = command;
    }

    /**
     * Done when it waits for the guest to run.
     *
     * @param launched is told of the process as soon as there is one, ready or not
     */
    Future<Void> start(Consumer<SupervisedProcess> launched) {
        return vertx.executeBlocking(this::launch, false)
                .recover(failure -> Future.failedFuture(refusal("cannot be run: " + failure.getMessage())))
                .compose(child -> {
                    SupervisedProcess started = SupervisedProcess.child(child, vertx.getOrCreateContext());
                    launched.accept(started);
                    return ready(started, System.nanoTime());
                });
    }

    private Process launch() throws IOException {
        Path directory = command.directory();
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        for (String socket : new String[] {QemuCommand.QMP, QemuCommand.SERIAL, QemuCommand.DISPLAY}) {
            Files.deleteIfExists(directory.resolve(socket));
        }
        return new ProcessBuilder(command.line(spec, domid))
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private Path log() {
        return command.directory().resolve("log");
    }

    private Future<Void> ready(SupervisedProcess started, long since) {
        if (started.ended().isComplete()) {
            return Future.failedFuture(refusal("ended: " + started.ended().result() + "; it said: " + logged()));
        }
        return Qmp.connect(vertx, client, command.directory().resolve(QemuCommand.QMP))
                .compose(qmp -> qmp.execute("query-status")
                        .eventually(() -> qmp.close())
                        .map(status -> status.getString("status", "")))
                .otherwise("")
                .compose(status -> {
                    if (status.equals("running")) {
                        return Future.succeededFuture();
                    }
                    return System.nanoTime() - since > READY.toNanos()
                            ? Future.failedFuture(refusal("is not ready after " + READY.toSeconds() + " s, it is \""
                                    + status + "\"; it said: " + logged()))
                            : vertx.timer(BETWEEN_LOOKS.toMillis()).compose(any -> ready(started, since));
                });
    }

    private String logged() {
        try {
            String text = Files.readString(log(), StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - LOG_SHOWN)).strip();
        } catch (IOException e) {
            return "(" + e + ")";
        }
    }

    private ProblemException refusal(String what) {
        return Problem.of(ProblemType.IMPOSSIBLE, "The device model of " + spec.name() + " " + what)
                .withStep("device-model")
                .withCall("qemu", command.program().toString())
                .toException();
    }
}
