package dev.xcs.xenstore;

import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.FrameDecoder;
import dev.xcs.xenstore.wire.Op;
import dev.xcs.xenstore.wire.WireException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One connection to xenstored, from its making to its loss: matches replies to requests, keeps a limit on what is in flight and on
 * what waits. Used on the client's context only.
 */
final class XenstoreConnection {
    /** Beyond it a request is refused: xenstored is too slow for those who ask. */
    static final int MAX_WAITING = 16_384;

    private static final class Pending {
        private final XenstoreRequest request;
        private final int transactionId;
        private final Promise<Frame> reply = Promise.promise();
        private long sentNanos;

        Pending(XenstoreRequest request, int transactionId) {
            this.request = request;
            this.transactionId = transactionId;
        }
    }

    private final Transport transport;
    private final int maxInFlight;
    private final XenstoreMetrics metrics;
    private final Consumer<Frame> onEvent;
    private final Consumer<String> onLost;
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_REPLY_PAYLOAD, this::received);
    private final Map<Integer, Pending> inFlight = new LinkedHashMap<>();
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private int lastId;
    private boolean lost;

    /**
     * @param onEvent takes watch events
     * @param onLost told once, after every pending request has failed
     */
    XenstoreConnection(
            Transport transport,
            int maxInFlight,
            XenstoreMetrics metrics,
            Consumer<Frame> onEvent,
            Consumer<String> onLost) {
        this.transport = transport;
        this.maxInFlight = maxInFlight;
        this.metrics = metrics;
        this.onEvent = onEvent;
        this.onLost = onLost;
        transport.listen(this::feed, this::lose);
    }

    /** Sends as soon as there is room; the future has the reply, or the problem that xenstored's error makes. */
    Future<Frame> request(XenstoreRequest request, int transactionId) {
        if (lost) {
            return Future.failedFuture(XenstoreProblems.lost(request.op(), request.argument(), "it was lost before"));
        }
        if (waiting.size() >= MAX_WAITING) {
            return Future.failedFuture(XenstoreProblems.tooMany(request.op(), request.argument(), waiting.size()));
        }
        Pending pending = new Pending(request, transactionId);
        waiting.add(pending);
        sendMore();
        return pending.reply.future();
    }

    /** How long the oldest request is without an answer; 0 when there is none. */
    long oldestNanos() {
        return inFlight.values().stream()
                .findFirst()
                .map(pending -> System.nanoTime() - pending.sentNanos)
                .orElse(0L);
    }

    /** Ends it: whatever is pending fails as retryable. */
    void lose(String why) {
        if (lost) {
            return;
        }
        lost = true;
        transport.close();
        List<Pending> all = new ArrayList<>(inFlight.values());
        all.addAll(waiting);
        inFlight.clear();
        waiting.clear();
        metrics.load(0, 0);
        for (Pending pending : all) {
            pending.reply.fail(XenstoreProblems.lost(pending.request.op(), pending.request.argument(), why));
        }
        onLost.accept(why);
    }

    private void feed(byte[] bytes) {
        if (lost) {
            return;
        }
        try {
            decoder.feed(bytes, 0, bytes.length);
        } catch (WireException broken) {
            lose("xenstored broke the protocol: " + broken.getMessage());
        }
    }

    private void received(Frame frame) {
        if (frame.op() == Op.WATCH_EVENT) {
            metrics.watchEvent();
            onEvent.accept(frame);
            return;
        }
        Pending pending = inFlight.remove(frame.requestId());
        if (pending == null || (frame.op() != pending.request.op() && frame.op() != Op.ERROR)) {
            throw new WireException("unexpected reply " + frame.op() + " to request " + frame.requestId());
        }
        sendMore();
        answer(pending, frame);
    }

    private void answer(Pending pending, Frame frame) {
        XenstoreRequest request = pending.request;
        metrics.answered(request.op(), System.nanoTime() - pending.sentNanos);
        if (frame.op() == Op.ERROR) {
            metrics.refused(request.op(), frame.text());
            pending.reply.fail(XenstoreProblems.refused(request.op(), request.argument(), frame.text()));
        } else {
            pending.reply.complete(frame);
        }
    }

    private void sendMore() {
        while (inFlight.size() < maxInFlight && !waiting.isEmpty()) {
            Pending pending = waiting.remove();
            int id = freeId();
            inFlight.put(id, pending);
            pending.sentNanos = System.nanoTime();
            metrics.sent(pending.request.op());
            transport.send(pending.request.frame(id, pending.transactionId).encode());
        }
        metrics.load(inFlight.size(), waiting.size());
    }

    private int freeId() {
        do {
            lastId = lastId == Integer.MAX_VALUE ? 1 : lastId + 1;
        } while (inFlight.containsKey(lastId));
        return lastId;
    }
}
