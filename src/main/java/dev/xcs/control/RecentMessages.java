package dev.xcs.control;

import dev.xcs.model.ControlMessage;
import dev.xcs.model.EventBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The newest messages in memory, so that readers who keep up never cause a read from disk. */
final class RecentMessages {
    private final ControlMessage[] ring;
    private long first;
    private long next;

    /** @param next the sequence number that comes next */
    RecentMessages(int capacity, long next) {
        this.ring = new ControlMessage[capacity];
        this.first = next;
        this.next = next;
    }

    void add(ControlMessage message) {
        ring[slot(next)] = message;
        next++;
        first = Math.max(first, next - ring.length);
    }

    /** Whether everything after this sequence number is here. */
    boolean reaches(long after) {
        return after + 1 >= first;
    }

    boolean hasAfter(long after) {
        return next > after + 1;
    }

    long next() {
        return next;
    }

    /** What is wanted after a sequence number, at most {@code max} of it. */
    EventBatch read(Predicate<ControlMessage> wanted, long after, int max) {
        List<ControlMessage> found = new ArrayList<>();
        long at = after + 1;
        for (; at < next && found.size() < max; at++) {
            ControlMessage message = ring[slot(at)];
            if (wanted.test(message)) {
                found.add(message);
            }
        }
        return new EventBatch(found, at - 1, 0, 0);
    }

    private int slot(long sequence) {
        return (int) (sequence % ring.length);
    }
}
