package dev.xcs.hypervisor.sim.guest;

/** A program that asks something on the network, several times or until there is an answer. */
abstract class Probing implements Program {
    private final int count;
    private final long intervalNanos;
    private final long patienceNanos;
    private int asked;
    private long lastNanos;
    private boolean enough;

    /**
     * @param count how often it asks at most
     * @param intervalNanos between two questions
     * @param patienceNanos how long it waits after the last one
     */
    Probing(int count, long intervalNanos, long patienceNanos) {
        this.count = count;
        this.intervalNanos = intervalNanos;
        this.patienceNanos = patienceNanos;
    }

    /** Before the first question. */
    abstract void begin(Guest guest);

    /** @param number from 0 */
    abstract void ask(Guest guest, int number);

    /** After the last answer, or when there is none to come any more. */
    abstract void end(Guest guest);

    /** Nothing more is to be asked or waited for. */
    final void enough(Guest guest) {
        enough = true;
        guest.wake(this);
    }

    final int asked() {
        return asked;
    }

    @Override
    public final long step(Guest guest) {
        long now = System.nanoTime();
        if (asked == 0) {
            begin(guest);
        }
        boolean last = asked == count;
        long left = asked == 0 ? 0 : lastNanos + (last ? patienceNanos : intervalNanos) - now;
        if (enough || (last && left <= 0)) {
            end(guest);
            return DONE;
        }
        if (left > 0) {
            return left;
        }
        lastNanos = now;
        ask(guest, asked++);
        return asked == count ? patienceNanos : intervalNanos;
    }
}
