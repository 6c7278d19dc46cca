package dev.xcs.control;

import dev.xcs.journal.EventJournal;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.EventBatch;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers messages, journals them in batches (whatever came while the last batch was written is the next one), and only then shows them to
 * readers: nobody sees what a crash could take back. Readers pull, so a slow one holds nothing but its own place. Lives on one event loop.
 */
final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
    /** Messages kept in memory: some seconds at the rate of the budget, 10,000 a second. */
    private static final int RECENT = 1 << 15;
    /** Beyond this many unwritten messages the disk is not keeping up at all. */
    private static final int MAX_UNWRITTEN = 1 << 16;

    private final Vertx vertx;
    private final EventJournal journal;
    private final WorkerExecutor writer;
    private final WorkerExecutor reader;
    private final RecentMessages recent;
    private final Set<Waiter> waiters = new LinkedHashSet<>();
    private final Counter routed;
    private final Counter dropped;
    private final Counter failures;
    private List<ControlMessage> unwritten = new ArrayList<>();
    /** Shown already, but not on disk, because writing failed: goes first with the next batch. */
    private List<ControlMessage> backlog = List.of();

    private long nextSequence;
    private boolean writing;

    EventLog(Vertx vertx, EventJournal journal, MeterRegistry meters) {
        this.vertx = vertx;
        this.journal = journal;
        this.writer = vertx.createSharedWorkerExecutor("xcs-journal-write", 1, 1, TimeUnit.MINUTES);
        this.reader = vertx.createSharedWorkerExecutor("xcs-journal-read", 2, 1, TimeUnit.MINUTES);
        this.nextSequence = journal.next();
        this.recent = new RecentMessages(RECENT, nextSequence);
        this.routed = Counter.builder("xcs.control.messages")
                .description("Control messages numbered")
                .register(meters);
        this.dropped = Counter.builder("xcs.control.dropped")
                .description(
                        "Control messages given up before they got a number, because the journal could not be written in time")
                .register(meters);
        this.failures = Counter.builder("xcs.journal.write.failures")
                .description("Batches that could not be written to the event journal")
                .register(meters);
        Gauge.builder("xcs.journal.size.bytes", journal, EventJournal::bytes)
                .description("Size of the event journal on disk")
                .register(meters);
    }

    /** One reader that waits for the next message it wants. */
    private record Waiter(Predicate<ControlMessage> wanted, long[] after, int max, Promise<EventBatch> promise) {}

    void add(ControlMessage message) {
        if (unwritten.size() + backlog.size() >= MAX_UNWRITTEN) {
            dropped.increment();
            return;
        }
        unwritten.add(message.withSequence(nextSequence++));
        routed.increment();
        if (!writing) {
            write();
        }
    }

    private void write() {
        List<ControlMessage> batch = unwritten;
        List<ControlMessage> due = withBacklog(batch);
        unwritten = new ArrayList<>();
        writing = true;
        writer.executeBlocking(append(due)).onComplete(done -> {
            writing = false;
            backlog = done.succeeded() ? List.of() : due;
            if (done.failed()) {
                failures.increment();
                LOG.error("The event journal cannot be written; {} are in memory only", due.size(), done.cause());
            }
            batch.forEach(recent::add);
            serveWaiters();
            if (done.succeeded() && !unwritten.isEmpty()) {
                write();
            }
        });
    }

    private List<ControlMessage> withBacklog(List<ControlMessage> batch) {
        if (backlog.isEmpty()) {
            return batch;
        }
        List<ControlMessage> all = new ArrayList<>(backlog);
        all.addAll(batch);
        return all;
    }

    private Callable<Long> append(List<ControlMessage> batch) {
        return () -> {
            journal.append(batch);
            return journal.next();
        };
    }

    private void serveWaiters() {
        for (Waiter waiter : List.copyOf(waiters)) {
            if (!recent.reaches(waiter.after[0])) {
                waiters.remove(waiter);
                fromDisk(waiter.wanted, waiter.after[0], waiter.max).onComplete(waiter.promise);
                continue;
            }
            EventBatch batch = recent.read(waiter.wanted, waiter.after[0], waiter.max);
            waiter.after[0] = batch.upTo();
            if (!batch.messages().isEmpty()) {
                waiters.remove(waiter);
                waiter.promise.tryComplete(batch);
            }
        }
    }

    /** The next wanted messages after a sequence number: at once if there are any, else when one comes or the wait is over. */
    Future<EventBatch> await(Predicate<ControlMessage> wanted, long after, int max, long waitMillis) {
        if (!recent.reaches(after)) {
            return fromDisk(wanted, after, max);
        }
        EventBatch batch = recent.read(wanted, after, max);
        if (!batch.messages().isEmpty() || waitMillis <= 0) {
            return Future.succeededFuture(batch);
        }
        Waiter waiter = new Waiter(wanted, new long[] {batch.upTo()}, max, Promise.promise());
        waiters.add(waiter);
        long timer = vertx.setTimer(waitMillis, id -> {
            waiters.remove(waiter);
            waiter.promise.tryComplete(new EventBatch(List.of(), waiter.after[0], 0, 0));
        });
        return waiter.promise.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private Future<EventBatch> fromDisk(Predicate<ControlMessage> wanted, long after, int max) {
        return reader.executeBlocking(() -> read(wanted, after, max), false);
    }

    private EventBatch read(Predicate<ControlMessage> wanted, long after, int max) throws IOException {
        long oldest = journal.first();
        boolean lost = after + 1 < oldest;
        long start = lost ? oldest - 1 : after;
        List<ControlMessage> found = new ArrayList<>();
        long[] upTo = {start};
        int[] examined = {0};
        journal.read(start, message -> {
            upTo[0] = message.sequence();
            if (wanted.test(message)) {
                found.add(message);
            }
            return found.size() < max && ++examined[0] < RECENT;
        });
        return new EventBatch(found, upTo[0], lost ? after + 1 : 0, lost ? oldest - 1 : 0);
    }

    long first() {
        return journal.first();
    }

    /** The number the next message will have. */
    long next() {
        return recent.next();
    }

    /** Brings the journal to the disk, tries again what could not be written, and drops what is beyond the limits. */
    void syncAndTrim() {
        if (!writing && (!unwritten.isEmpty() || !backlog.isEmpty())) {
            write();
        }
        writer.executeBlocking(() -> {
                    journal.sync();
                    journal.trim();
                    return journal.next();
                })
                .onFailure(failure -> LOG.error("The event journal cannot be synchronised", failure));
    }

    /** Ends when everything that was numbered is on disk. */
    Future<Void> close() {
        waiters.forEach(waiter -> waiter.promise.tryComplete(new EventBatch(List.of(), waiter.after[0], 0, 0)));
        waiters.clear();
        List<ControlMessage> rest = withBacklog(unwritten);
        unwritten = new ArrayList<>();
        return writer.executeBlocking(append(rest))
                .transform(done -> writer.executeBlocking(() -> {
                    journal.close();
                    return true;
                }))
                .eventually(writer::close)
                .eventually(reader::close)
                .mapEmpty();
    }
}
