package dev.xcs.api;

/** How far one viewer has been shown a console: what to skip of the next bytes, and which bytes it has lost. */
final class ConsoleCursor {
    /**
     * What to do with some bytes: tell that those from {@code next} to {@code gapEnd} are lost (none if they are equal), then send all but the
     * first {@code skip}.
     */
    record Step(long gapStart, long gapEnd, int skip) {
        boolean hasGap() {
            return gapStart < gapEnd;
        }
    }

    private long next;
    private long printed;

    /**
     * @param next the offset of the first byte that the viewer wants
     */
    ConsoleCursor(long next) {
        this.next = next;
        this.printed = next;
    }

    /** The guest has printed up to here, whether or not this viewer is shown it. */
    void printed(long end) {
        printed = Math.max(printed, end);
    }

    /** Whether there is something that the viewer was not shown. */
    boolean isBehind() {
        return next < printed;
    }

    /** Whether bytes from this offset on can be sent without a gap. */
    boolean isAt(long offset) {
        return offset <= next;
    }

    long next() {
        return next;
    }

    /** Takes bytes for the viewer and moves behind them. */
    Step take(long offset, int length) {
        long gapStart = next;
        long gapEnd = Math.max(next, offset);
        int skip = (int) Math.min(length, Math.max(0, gapEnd - offset));
        next = Math.max(gapEnd, offset + length);
        printed(next);
        return new Step(gapStart, gapEnd, skip);
    }

    /** Gives up what the viewer was not shown. */
    Step skipToEnd() {
        Step step = new Step(next, printed, 0);
        next = printed;
        return step;
    }
}
