package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.xen.BuilderProcess.Unheard;
import dev.xcs.hypervisor.xen.Wire.Kind;
import dev.xcs.image.XenNotes;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds in processes of their own, at most so many at once: when libxenguest runs into an assertion or a kernel that it cannot bear, one
 * operation fails and the daemon goes on. Processes are used again and again; one that ends is replaced at once, so that nobody has to wait
 * for a JVM to start.
 */
final class BuilderPool implements Builder {
    private static final Logger LOG = LoggerFactory.getLogger(BuilderPool.class);
    /** Longer than the daemon waits for the largest guest. */
    private static final Duration LIMIT = Duration.ofMinutes(11);
    /** For a JVM to start, on a host that has other things to do. */
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    /** A process that cannot even start is not started again and again. */
    private static final Duration YOUNG = Duration.ofSeconds(5);

    private final Supplier<BuilderProcess> starter;
    private final Duration limit;
    private final Semaphore permits;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, BuilderPool::thread);
    /** Guarded by this. */
    private final Deque<BuilderProcess> idle = new ArrayDeque<>();
    /** Guarded by this: idle and busy ones. */
    private final Set<BuilderProcess> all = new HashSet<>();

    private boolean closed;

    private BuilderPool(Supplier<BuilderProcess> starter, int processes, Duration limit) {
        this.starter = starter;
        this.limit = limit;
        this.permits = new Semaphore(processes, true);
        timer.setRemoveOnCancelPolicy(true);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "xcs-builder-timer");
        thread.setDaemon(true);
        return thread;
    }

    /** Starts the first process and does not wait for it; the others are started when they are needed. */
    static BuilderPool open(List<String> command, int processes) {
        return open(command, processes, LIMIT);
    }

    /** @param limit a process that works longer on one thing is ended */
    static BuilderPool open(List<String> command, int processes, Duration limit) {
        BuilderPool pool = new BuilderPool(() -> BuilderProcess.start(command), processes, limit);
        pool.keepOneReady();
        return pool;
    }

    @Override
    public BuiltDomain build(BuildOrder order) {
        return with(
                "building domain " + order.request().domid(),
                (process, what) -> process.ask(what, Kind.BUILD, Wire.order(order), Kind.BUILT, Wire::built));
    }

    @Override
    public void unpack(Path kernel, Path into) throws IOException {
        String failure = with(
                "unpacking " + kernel,
                (process, what) -> process.ask(
                        what,
                        Kind.UNPACK,
                        Wire.texts(kernel.toString(), into.toString()),
                        Kind.UNPACKED,
                        Wire::required));
        if (!failure.isEmpty()) {
            throw new IOException(failure);
        }
    }

    @Override
    public XenNotes notes(String kernel) {
        return with(
                "reading " + kernel,
                (process, what) -> process.ask(what, Kind.NOTES, Wire.texts(kernel), Kind.NOTED, Wire::notes));
    }

    /** Something that one process does. */
    @FunctionalInterface
    private interface Task<T> {
        T in(BuilderProcess process, String what) throws Unheard;
    }

    private <T> T with(String what, Task<T> task) {
        acquire(what);
        try {
            while (true) {
                try {
                    return with(take(), what, task);
                } catch (Unheard e) {
                    LOG.debug("{}: another builder process is asked: {}", what, e.toString());
                }
            }
        } finally {
            permits.release();
        }
    }

    private <T> T with(BuilderProcess process, String what, Task<T> task) throws Unheard {
        try {
            within(START_LIMIT, process, () -> {
                process.awaitReady(what);
                return true;
            });
            return within(limit, process, () -> task.in(process, what));
        } catch (Unheard e) {
            process.kill("it did not listen");
            throw e;
        } finally {
            giveBack(process);
        }
    }

    /** A part of a task. */
    @FunctionalInterface
    private interface Part<T> {
        T run() throws Unheard;
    }

    private <T> T within(Duration time, BuilderProcess process, Part<T> part) throws Unheard {
        ScheduledFuture<?> end = timer.schedule(
                () -> process.kill("it took longer than " + time.toSeconds() + " s"),
                time.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            return part.run();
        } finally {
            end.cancel(false);
        }
    }

    private void acquire(String what) {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(closing(what), e);
        }
    }

    private static Problem closing(String what) {
        return Problem.of(ProblemType.UNAVAILABLE, what + " failed: the daemon is stopping")
                .withStep("build");
    }

    private synchronized BuilderProcess take() {
        if (closed) {
            throw closing("the build").toException();
        }
        for (BuilderProcess process = idle.poll(); process != null; process = idle.poll()) {
            if (process.isUsable()) {
                return process;
            }
        }
        return start();
    }

    private BuilderProcess start() {
        BuilderProcess process = starter.get();
        all.add(process);
        long started = System.nanoTime();
        process.onExit(() -> ended(process, Duration.ofNanos(System.nanoTime() - started)));
        return process;
    }

    private synchronized void giveBack(BuilderProcess process) {
        if (process.isUsable() && !closed) {
            // The one that was used last has the kernel mapped that was used last.
            idle.push(process);
        }
    }

    private void ended(BuilderProcess process, Duration age) {
        synchronized (this) {
            idle.remove(process);
            all.remove(process);
            if (closed) {
                return;
            }
        }
        LOG.warn("builder process {} has ended after {} s", process.pid(), age.toSeconds());
        if (age.compareTo(YOUNG) > 0) {
            keepOneReady();
        }
    }

    private void keepOneReady() {
        try {
            synchronized (this) {
                if (!closed && idle.isEmpty()) {
                    idle.push(start());
                }
            }
        } catch (ProblemException e) {
            LOG.error("{}; the next build tries again", e.getMessage());
        }
    }

    /** The processes end, whatever they are doing. */
    @Override
    public void close() {
        List<BuilderProcess> ending;
        synchronized (this) {
            closed = true;
            ending = new ArrayList<>(all);
            idle.clear();
        }
        ending.forEach(BuilderProcess::close);
        timer.shutdownNow();
    }
}
