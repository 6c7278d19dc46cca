package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.xen.Wire.Kind;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The builder process' side: answers one question after the other until the daemon closes, also by its death. */
final class BuilderServer {
    private static final Logger LOG = LoggerFactory.getLogger(BuilderServer.class);

    private final InputStream in;
    private final OutputStream out;
    private final Runnable onClosed;
    private final LinkedBlockingQueue<Wire.Received> questions = new LinkedBlockingQueue<>();

    /** @param onClosed called on a thread of its own as soon as the daemon has closed, whatever is being done */
    BuilderServer(InputStream in, OutputStream out, Runnable onClosed) {
        this.in = in;
        this.out = out;
        this.onClosed = onClosed;
    }

    /** Makes a builder. */
    @FunctionalInterface
    interface Opening {
        Builder open();
    }

    /** Returns only when it cannot go on. */
    void serve(Opening opening) throws IOException, InterruptedException {
        Thread reader = new Thread(this::read, "xcs-builder-reader");
        reader.setDaemon(true);
        reader.start();
        try (Builder builder = opening.open()) {
            Wire.send(out, Kind.READY, Wire.Fields.NONE);
            while (true) {
                answer(builder, questions.take());
            }
        } catch (ProblemException e) {
            Wire.send(out, Kind.REFUSED, Wire.problem(e.problem()));
        }
    }

    /** Apart from the work, so that a daemon that has gone is noticed in the middle of it. */
    private void read() {
        try {
            for (Wire.Received question = receive(); question != null; question = receive()) {
                questions.add(question);
            }
        } catch (IOException e) {
            LOG.error("the daemon cannot be understood: {}", e.toString());
        }
        onClosed.run();
    }

    private Wire.@Nullable Received receive() throws IOException {
        return Wire.receive(in);
    }

    private void answer(Builder builder, Wire.Received question) throws IOException {
        Kind kind;
        Wire.Fields answer;
        try {
            switch (question.kind()) {
                case BUILD -> {
                    answer = Wire.built(builder.build(Wire.order(question.fields())));
                    kind = Kind.BUILT;
                }
                case UNPACK -> {
                    answer = unpack(builder, question);
                    kind = Kind.UNPACKED;
                }
                case NOTES -> {
                    answer = Wire.notes(builder.notes(Wire.required(question.fields())));
                    kind = Kind.NOTED;
                }
                default -> throw new IOException("a question of kind " + question.kind());
            }
        } catch (ProblemException e) {
            answer = Wire.problem(e.problem());
            kind = Kind.REFUSED;
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("the builder failed", e);
            Problem problem = Problem.of(ProblemType.INTERNAL, "the builder process failed: " + e)
                    .withStep("build");
            answer = Wire.problem(problem);
            kind = Kind.REFUSED;
        }
        Wire.send(out, kind, answer);
    }

    /** A file that cannot be written is told by a text, for the cache to do without. */
    private static Wire.Fields unpack(Builder builder, Wire.Received question) throws IOException {
        Path kernel = Path.of(Wire.required(question.fields()));
        Path into = Path.of(Wire.required(question.fields()));
        try {
            builder.unpack(kernel, into);
            return Wire.texts("");
        } catch (IOException e) {
            return Wire.texts(e.toString());
        }
    }
}
