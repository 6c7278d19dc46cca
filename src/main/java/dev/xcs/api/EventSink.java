package dev.xcs.api;

import dev.xcs.model.EventBatch;
import io.vertx.core.Future;

/** Where a stream of events goes. Each future ends when the bytes have left this process: until then nothing more is written. */
interface EventSink {
    Future<Void> begin(EventRecord.Filter filter);

    /** The gap, if there is one, and then the messages. */
    Future<Void> deliver(EventBatch batch);

    Future<Void> heartbeat();

    /** Says why and closes. */
    Future<Void> end(EventRecord.End end);

    /** Is called when the other side is gone, at once if it is already. */
    void onClose(Runnable closed);
}
