package dev.xcs.block;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The command {@code qemu-img info}. Without a shell; it blocks. */
final class QemuImg {
    private static final int MAX_OUTPUT_BYTES = 1 << 20;
    private static final int SHOWN_BYTES = 2000;

    private final Vertx vertx;
    private final Path command;
    private final Duration deadline;

    QemuImg(Vertx vertx, Path command, Duration deadline) {
        this.vertx = vertx;
        this.command = command;
        this.deadline = deadline;
    }

    /**
     * What it says of one file, not of those it is based on.
     *
     * @param format null to let it guess
     */
    JsonObject info(Path file, @Nullable String format) {
        List<String> line = new ArrayList<>(List.of(command.toString(), "info", "--output=json", "--force-share"));
        if (format != null) {
            line.add("--format=" + format);
        }
        // An absolute path has no protocol, whatever colons and commas come later.
        line.addAll(List.of("--", file.toString()));
        try {
            Path errors = Files.createTempFile("xcs-qemu-img", ".err");
            try {
                return new JsonObject(run(file, line, errors));
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new ProblemException(
                    failed(file, e.getMessage())
                            .withCause(command + " cannot be run: is the package qemu-utils installed?"),
                    e);
        } catch (DecodeException e) {
            throw new ProblemException(failed(file, "what it says is no JSON: " + e.getMessage()), e);
        }
    }

    private String run(Path file, List<String> line, Path errors) throws IOException {
        Process process = new ProcessBuilder(line)
                .redirectInput(new File("/dev/null"))
                .redirectError(errors.toFile())
                .start();
        AtomicBoolean late = new AtomicBoolean();
        long timer = vertx.setTimer(deadline.toMillis(), id -> {
            late.set(true);
            kill(process);
        });
        try (InputStream output = process.getInputStream()) {
            byte[] text = output.readNBytes(MAX_OUTPUT_BYTES + 1);
            if (text.length > MAX_OUTPUT_BYTES) {
                kill(process);
                throw failed(file, "it says more than " + MAX_OUTPUT_BYTES + " bytes")
                        .toException();
            }
            int exit = process.waitFor();
            if (late.get()) {
                throw late(file);
            }
            if (exit != 0) {
                throw failed(file, head(errors)).toException();
            }
            return new String(text, StandardCharsets.UTF_8);
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
            throw new ProblemException(failed(file, "the daemon stops"), e);
        } finally {
            vertx.cancelTimer(timer);
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

    private ProblemException late(Path file) {
        return Problem.of(
                        ProblemType.TIMEOUT,
                        "qemu-img took longer than " + deadline.toMillis() + " ms for "
                                + Problem.quote(file.toString()))
                .withCall("qemu-img info", file.toString())
                .asRetryable()
                .toException();
    }

    private static Problem failed(Path file, @Nullable String why) {
        return Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "The image " + Problem.quote(file.toString()) + " cannot be used: " + why)
                .withField("target")
                .withCall("qemu-img info", file.toString());
    }
}
