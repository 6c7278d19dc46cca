package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.xen.Wire.Kind;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.BufferedInputStream;
import java.io.DataInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One builder process, seen from the daemon. For one thread at a time, but for {@link #kill}. */
final class BuilderProcess {
    private static final Logger LOG = LoggerFactory.getLogger(BuilderProcess.class);
    /** A process whose pipe is closed is as good as dead; this is for the kernel to say how. */
    private static final int REAP_SECONDS = 5;

    private static final int SIGNALLED = 128;

    private final Process process;
    private final InputStream in;
    private final OutputStream out;
    private boolean ready;
    private volatile String killed = "";

    private BuilderProcess(Process process) {
        this.process = process;
        this.in = new BufferedInputStream(process.getInputStream());
        this.out = process.getOutputStream();
    }

    /** Starts one and does not wait for it. What it logs goes where the daemon's own log goes. */
    static BuilderProcess start(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            LOG.debug("builder process {} started", process.pid());
            return new BuilderProcess(process);
        } catch (IOException e) {
            Problem problem = Problem.of(
                            ProblemType.UNAVAILABLE, "the builder process cannot be started: " + e.getMessage())
                    .withStep("build")
                    .withCall("execve", command.get(0))
                    .asRetryable();
            throw new ProblemException(problem, e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isUsable() {
        return killed.isEmpty() && process.isAlive();
    }

    void onExit(Runnable then) {
        process.onExit().thenRun(then);
    }

    /** Reads an answer. */
    @FunctionalInterface
    interface Answer<T> {
        T read(DataInput fields) throws IOException;
    }

    /**
     * Asks and waits for the answer.
     *
     * @param what continues a sentence: what the process was doing should it die
     * @throws Unheard when it had ended before: nothing was done
     * @throws ProblemException what it answered, or that it has ended: then nobody knows how far it came
     */
    <T> T ask(String what, Kind question, Wire.Fields fields, Kind expected, Answer<T> answer) throws Unheard {
        try {
            send(question, fields);
            return answer.read(receive(what, expected));
        } catch (Unheard e) {
            throw e;
        } catch (IOException e) {
            throw new ProblemException(died(what).problem(), e);
        }
    }

    private void send(Kind question, Wire.Fields fields) throws Unheard {
        try {
            Wire.send(out, question, fields);
        } catch (IOException e) {
            throw new Unheard(e);
        }
    }

    /** The process was not there any more to be asked. */
    static final class Unheard extends IOException {
        private static final long serialVersionUID = 1;

        Unheard(IOException cause) {
            super(cause);
        }
    }

    /** Waits until it can build; the first answer is its own, that it can or why not. */
    void awaitReady(String what) {
        if (ready) {
            return;
        }
        try {
            receive(what, Kind.READY);
            ready = true;
        } catch (IOException e) {
            throw new ProblemException(died(what).problem(), e);
        } finally {
            if (!ready) {
                kill("it cannot build");
            }
        }
    }

    private DataInput receive(String what, Kind expected) throws IOException {
        Wire.Received received = Wire.receive(in);
        if (received == null) {
            throw died(what);
        }
        if (received.kind() == Kind.REFUSED) {
            throw Wire.problem(received.fields()).toException();
        }
        if (received.kind() != expected) {
            kill("it answered " + received.kind() + ", expected " + expected);
            throw died(what);
        }
        return received.fields();
    }

    private ProblemException died(String what) {
        String how = killed.isEmpty() ? "ended " + ending() : "was ended: " + killed;
        return Problem.of(
                        ProblemType.HYPERVISOR,
                        what + " failed: the builder process (pid " + process.pid() + ") " + how)
                .withStep("build")
                .withCause("libxenguest has crashed on this guest, or somebody ended the process; what was half done is"
                        + " undone, and the next build has another process")
                .asRetryable()
                .toException();
    }

    private String ending() {
        try {
            if (!process.waitFor(REAP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "its answers";
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "and this thread too";
        }
        int code = process.exitValue();
        return code > SIGNALLED ? "by signal " + (code - SIGNALLED) : "with exit code " + code;
    }

    void kill(String why) {
        if (killed.isEmpty()) {
            killed = why;
        }
        process.destroyForcibly();
    }

    /** It ends by itself when it sees this, whatever it is doing. */
    void close() {
        try {
            out.close();
        } catch (IOException e) {
            LOG.debug("builder process {} is gone already: {}", process.pid(), e.toString());
        }
    }
}
