package dev.xcs.console;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;

/** What was typed and has not yet found room in the guest's input ring. */
final class InputQueue {
    private final ByteRing waiting;

    /** @param limit how many bytes may wait for a guest that does not read */
    InputQueue(int limit) {
        this.waiting = new ByteRing(limit);
    }

    boolean isEmpty() {
        return waiting.size() == 0;
    }

    /** Queues all of it or, with the problem of a full queue, nothing. */
    void offer(byte[] typed) {
        if (typed.length > waiting.room()) {
            throw refusal(typed.length).toException();
        }
        waiting.append(typed, 0, typed.length);
    }

    private Problem refusal(int typed) {
        Problem full = Problem.of(
                ProblemType.TOO_MANY,
                typed + " bytes were typed and " + waiting.size() + " wait for the guest to read; the limit is "
                        + waiting.limit() + " bytes");
        return typed <= waiting.limit() ? full.asRetryable() : full;
    }

    byte[] peek(int atMost) {
        return waiting.peek(atMost);
    }

    void drop(int count) {
        waiting.drop(count);
    }
}
