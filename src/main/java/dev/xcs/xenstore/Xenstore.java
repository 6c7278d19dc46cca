package dev.xcs.xenstore;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An asynchronous view of xenstore. Every future completes, and every watch is told, on the Vert.x context that made the call.
 * Failures are {@link dev.xcs.model.ProblemException}s of type XENSTORE that name the operation, the path and the errno.
 */
public interface Xenstore {
    /** The value, empty when the node does not exist. */
    Future<Optional<String>> read(String path);

    /** The names of the children, empty also when the node does not exist. */
    Future<List<String>> list(String path);

    Future<Void> write(String path, String value);

    /** Removes the node and all below; done also when it does not exist. */
    Future<Void> remove(String path);

    /**
     * All changes in one transaction, pipelined: every operation is sent, every reply read, and only then is it committed; if one
     * failed nothing is changed and the future fails with that one's problem. Repeated while xenstored answers EAGAIN.
     */
    Future<Void> commit(List<Change> changes);

    /** Runs {@code body} in a transaction, again from its start while xenstored answers EAGAIN; aborted when the body fails. */
    <T> Future<T> transaction(Function<Transaction, Future<T>> body);

    /**
     * Watches a path and all below. The listener is told the path that changed, once at once, and again after every reconnect,
     * since changes may have been missed in between.
     */
    Future<Watch> watch(String path, Consumer<String> listener);

    /** Calls back after each reconnect, when all watches are established again: whatever is known has to be read anew. */
    void onResync(Runnable listener);

    Future<Void> introduce(int domid, long frame, int port);

    /** Tells xenstored that a domain is gone; it always notices by itself, so any error is ignored. */
    Future<Void> release(int domid);

    Future<Boolean> isIntroduced(int domid);

    /** A watch in force. */
    interface Watch {
        String path();

        /** Ends it; nothing is told after this was called. */
        Future<Void> cancel();
    }

    /** Reads and writes inside one transaction. */
    interface Transaction {
        Future<Optional<String>> read(String path);

        Future<List<String>> list(String path);

        Future<Void> apply(Change change);

        /** All of them, pipelined in this order; fails with the first that was refused, when every reply is there. */
        Future<Void> apply(List<Change> changes);
    }
}
