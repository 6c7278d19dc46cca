package dev.xcs.testing;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.Change;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Xenstore in memory, for the tests of one verticle; answers at once. */
public final class FakeXenstore implements Xenstore {
    private final SortedMap<String, String> nodes = new TreeMap<>();
    private final List<FakeWatch> watches = new ArrayList<>();
    private final List<Runnable> resyncs = new ArrayList<>();
    private final Set<String> failing = new HashSet<>();
    private final AtomicInteger reads = new AtomicInteger();
    private BiConsumer<String, String> writeHook = (path, value) -> {};

    private final class FakeWatch implements Watch {
        private final String path;
        private final Consumer<String> listener;
        private final Context context = Vertx.currentContext();

        FakeWatch(String path, Consumer<String> listener) {
            this.path = path;
            this.listener = listener;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public Future<Void> cancel() {
            synchronized (FakeXenstore.this) {
                watches.remove(this);
            }
            return Future.succeededFuture();
        }

        void tell(String changed) {
            context.runOnContext(any -> listener.accept(changed));
        }
    }

    /** From now on this operation fails: commit, introduce, list, write. */
    public synchronized void fail(String operation) {
        failing.add(operation);
    }

    public synchronized void heal() {
        failing.clear();
    }

    public synchronized void onWrite(BiConsumer<String, String> hook) {
        writeHook = hook;
    }

    public synchronized SortedMap<String, String> nodes() {
        return new TreeMap<>(nodes);
    }

    public synchronized int watchCount() {
        return watches.size();
    }

    public synchronized void put(String path, String value) {
        nodes.put(path, value);
        fire(path);
    }

    public synchronized void cut(String path) {
        nodes.keySet().removeIf(node -> node.equals(path) || node.startsWith(path + "/"));
        fire(path);
    }

    public synchronized void fire(String path) {
        List.copyOf(watches).stream()
                .filter(watch -> path.equals(watch.path) || path.startsWith(watch.path + "/"))
                .forEach(watch -> watch.tell(path));
    }

    public synchronized void resync() {
        resyncs.forEach(Runnable::run);
    }

    /** Waits until so many nodes have been read since it was made. */
    public void awaitReads(int count) throws Exception {
        Await.until(count + " reads", Duration.ofSeconds(20), () -> reads.get() >= count);
    }

    private synchronized <T> Future<T> unlessFailing(String operation, java.util.function.Supplier<T> work) {
        if (failing.contains(operation)) {
            return Future.failedFuture(Problem.of(ProblemType.XENSTORE, operation + " fails, as the test wants")
                    .toException());
        }
        return Future.succeededFuture(work.get());
    }

    @Override
    public Future<Optional<String>> read(String path) {
        Future<Optional<String>> node = unlessFailing("read", () -> Optional.ofNullable(nodes.get(path)));
        reads.incrementAndGet();
        return node;
    }

    @Override
    public Future<List<String>> list(String path) {
        return unlessFailing("list", () -> {
            Set<String> children = new TreeSet<>();
            nodes.keySet().stream()
                    .filter(node -> node.startsWith(path + "/"))
                    .map(node -> node.substring(path.length() + 1).split("/", -1)[0])
                    .forEach(children::add);
            return List.copyOf(children);
        });
    }

    @Override
    public Future<Void> write(String path, String value) {
        Future<Void> written = unlessFailing("write", () -> {
            put(path, value);
            return null;
        });
        writeHook.accept(path, value);
        return written;
    }

    @Override
    public Future<Void> remove(String path) {
        return commit(List.of(Change.remove(path)));
    }

    @Override
    public Future<Void> commit(List<Change> changes) {
        return unlessFailing("commit", () -> {
            changes.forEach(this::apply);
            return null;
        });
    }

    private void apply(Change change) {
        if (change instanceof Change.Write write) {
            put(write.path(), write.value());
            writeHook.accept(write.path(), write.value());
        } else if (change instanceof Change.Remove remove) {
            cut(remove.path());
        }
    }

    @Override
    public <T> Future<T> transaction(Function<Transaction, Future<T>> body) {
        List<Change> changes = new ArrayList<>();
        Transaction transaction = new Transaction() {
            @Override
            public Future<Optional<String>> read(String path) {
                return FakeXenstore.this.read(path);
            }

            @Override
            public Future<List<String>> list(String path) {
                return FakeXenstore.this.list(path);
            }

            @Override
            public Future<Void> apply(Change change) {
                changes.add(change);
                return Future.succeededFuture();
            }

            @Override
            public Future<Void> apply(List<Change> more) {
                changes.addAll(more);
                return Future.succeededFuture();
            }
        };
        return body.apply(transaction).compose(done -> commit(changes).map(done));
    }

    @Override
    public synchronized Future<Watch> watch(String path, Consumer<String> listener) {
        FakeWatch watch = new FakeWatch(path, listener);
        watches.add(watch);
        watch.tell(path);
        return Future.succeededFuture(watch);
    }

    @Override
    public synchronized void onResync(Runnable listener) {
        Context context = Vertx.currentContext();
        resyncs.add(() -> context.runOnContext(any -> listener.run()));
    }

    @Override
    public Future<Void> introduce(int domid, long frame, int port) {
        return unlessFailing("introduce", () -> {
            fire("@introduceDomain");
            return null;
        });
    }

    @Override
    public Future<Void> release(int domid) {
        return Future.succeededFuture();
    }

    @Override
    public Future<Boolean> isIntroduced(int domid) {
        return Future.succeededFuture(true);
    }
}
