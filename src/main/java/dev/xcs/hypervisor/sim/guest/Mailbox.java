package dev.xcs.hypervisor.sim.guest;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Runs a guest's reactions one after the other on a shared executor, and none while its cpus may not run. What can be waiting is
 * bounded: each {@link Signal} waits once at most.
 */
final class Mailbox {
    private final Executor executor;
    private final BooleanSupplier runnable;
    private final Queue<Signal> waiting = new ArrayDeque<>();
    private boolean scheduled;
    private boolean running;
    private boolean stopped;

    Mailbox(Executor executor, BooleanSupplier runnable) {
        this.executor = executor;
        this.runnable = runnable;
    }

    /** Something that a guest reacts to, however often it was raised in between. */
    final class Signal {
        private final Runnable reaction;
        private boolean raised;

        private Signal(Runnable reaction) {
            this.reaction = reaction;
        }

        /** From any thread; never blocks. */
        void raise() {
            synchronized (Mailbox.this) {
                if (!raised && !stopped) {
                    raised = true;
                    waiting.add(this);
                    schedule();
                }
            }
        }
    }

    Signal signal(Runnable reaction) {
        return new Signal(reaction);
    }

    /** To be called when the cpus may run again. */
    synchronized void resume() {
        schedule();
    }

    /** Waits for the reaction that runs now, so that after a pause nothing of the guest happens any more. */
    synchronized void quiesce() {
        boolean interrupted = false;
        while (running) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Forgets everything that waits; nothing runs any more. */
    synchronized void stop() {
        stopped = true;
        waiting.clear();
    }

    private void schedule() {
        if (!scheduled && !waiting.isEmpty() && runnable.getAsBoolean()) {
            scheduled = true;
            executor.execute(this::run);
        }
    }

    /** One reaction, then back into the executor's queue: a busy guest must not keep others waiting. */
    private void run() {
        Signal next = begin();
        if (next != null) {
            try {
                next.reaction.run();
            } finally {
                end();
            }
        }
    }

    private synchronized @org.jspecify.annotations.Nullable Signal begin() {
        scheduled = false;
        Signal next = runnable.getAsBoolean() ? waiting.poll() : null;
        if (next != null) {
            next.raised = false;
            running = true;
            // Kept while it runs, so that two threads never run one guest.
            scheduled = true;
        }
        return next;
    }

    private synchronized void end() {
        running = false;
        scheduled = false;
        notifyAll();
        schedule();
    }
}
