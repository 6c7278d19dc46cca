package dev.xcs.domain;

import dev.xcs.model.DomainInfo;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the list of domains, one hypercall at a time, however many want it. Each list is shown to the listener before those
 * who asked see it.
 */
final class Snapshots {
    private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(2);

    private final Supplier<Future<List<DomainInfo>>> source;
    private final LongSupplier clock;
    private final Consumer<Snapshot> listener;
    private final Patience patience;
    private @Nullable Future<Snapshot> underWay;
    private @Nullable Future<Snapshot> next;
    private @Nullable Snapshot newest;
    private long newestAt;

    Snapshots(
            Supplier<Future<List<DomainInfo>>> source,
            LongSupplier clock,
            Consumer<Snapshot> listener,
            Patience patience) {
        this.patience = patience;
        this.source = source;
        this.clock = clock;
        this.listener = listener;
    }

    /** A list that is at most this old, or one that may already have been on its way. */
    Future<Snapshot> latest(Duration maxAge) {
        if (newest != null && System.nanoTime() - newestAt < maxAge.toNanos()) {
            return Future.succeededFuture(newest);
        }
        return underWay != null ? underWay : fresh();
    }

    /** A list that is asked for after this call. */
    Future<Snapshot> fresh() {
        if (next != null) {
            return next;
        }
        if (underWay == null) {
            return ask();
        }
        next = underWay.transform(any -> ask());
        return next;
    }

    /** As {@link #fresh}, not giving up at once when the list cannot be had for a moment. */
    Future<Snapshot> surely() {
        return patience.untilDone(this::fresh, GIVE_UP_AFTER);
    }

    private Future<Snapshot> ask() {
        next = null;
        long asked = clock.getAsLong();
        Future<Snapshot> asking = source.get().map(domains -> {
            Snapshot snapshot = new Snapshot(asked, domains);
            newest = snapshot;
            newestAt = System.nanoTime();
            listener.accept(snapshot);
            return snapshot;
        });
        Future<Snapshot> guarded = asking.andThen(any -> underWay = null);
        underWay = guarded.isComplete() ? null : guarded;
        return guarded;
    }
}
