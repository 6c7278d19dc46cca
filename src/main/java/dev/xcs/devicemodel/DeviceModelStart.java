package dev.xcs.devicemodel;

import dev.xcs.device.SupervisedProcess;
import dev.xcs.message.PlaceDeviceModel;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A device model that is to be started. */
final class DeviceModelStart {
    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final int LOG_SHOWN = 1000;

    private static final String MKFIFO = "mkfifo";

    private final Vertx vertx;
    private final Xenstore store;
    private final NetClient client;
    private final DomainSpec spec;
    private final HvmSpec pc;
    private final int domid;
    private final QemuCommand command;

    DeviceModelStart(
            Vertx vertx, Xenstore store, NetClient client, PlaceDeviceModel ask, HvmSpec pc, QemuCommand command) {
        this.vertx = vertx;
        this.store = store;
        this.client = client;
        this.spec = ask.spec();
        this.pc = pc;
        this.domid = ask.domid();
        this.command = command;
    }

    /**
     * Done when it waits for the guest to run.
     *
     * @param launched is told of the process as soon as there is one, ready or not
     */
    Future<Void> start(Consumer<SupervisedProcess> launched) {
        return PcDrive.of(spec, domid, store)
                .compose(drives -> launch(command.line(spec, pc, domid, drives)))
                .compose(child -> {
                    SupervisedProcess started = SupervisedProcess.child(child, vertx.getOrCreateContext());
                    launched.accept(started);
                    return ready(started, System.nanoTime());
                });
    }

    private Future<Process> launch(List<String> line) {
        return vertx.executeBlocking(
                        () -> {
                            prepare();
                            return run(line, log().toFile());
                        },
                        false)
                .recover(failure -> Future.failedFuture(refusal("cannot be run: " + failure.getMessage())));
    }

    /** An empty directory of its own, with the pipes of its serial port. */
    private void prepare() throws IOException, InterruptedException {
        Path directory = command.directory();
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        for (Path old : List.of(
                directory.resolve(QemuCommand.QMP),
                directory.resolve(QemuCommand.DISPLAY),
                command.said(),
                command.typed())) {
            Files.deleteIfExists(old);
        }
        List<String> pipes = List.of(
                MKFIFO, "-m", "600", command.said().toString(), command.typed().toString());
        int code = run(pipes, log().toFile()).waitFor();
        if (code != 0) {
            throw new IOException(MKFIFO + ": exit code " + code + "; it said: " + lastWords());
        }
    }

    private static Process run(List<String> line, File output) throws IOException {
        return new ProcessBuilder(line)
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
    }

    private Path log() {
        return command.directory().resolve("log");
    }

    private Future<Void> ready(SupervisedProcess started, long since) {
        if (started.ended().isComplete()) {
            return refused("ended: " + started.ended().result());
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
                            ? refused("is not ready after " + READY.toSeconds() + " s, it is \"" + status + "\"")
                            : vertx.timer(BETWEEN_LOOKS.toMillis()).compose(any -> ready(started, since));
                });
    }

    private Future<Void> refused(String what) {
        return vertx.executeBlocking(this::lastWords, false)
                .compose(words -> Future.failedFuture(refusal(what + "; it said: " + words)));
    }

    private String lastWords() {
        try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
            file.seek(Math.max(0, file.length() - LOG_SHOWN));
            byte[] last = new byte[LOG_SHOWN];
            int read = file.read(last);
            return new String(last, 0, Math.max(0, read), StandardCharsets.UTF_8).strip();
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
