package dev.xcs.hypervisor.sim.guest;

/** Something that runs in the foreground of a simulated guest, step by step; its output is flushed between two steps. */
interface Program {
    /** Answer of a step: go on as soon as the output is out. */
    long AGAIN = 0;
    /** Answer of a step: it has ended. */
    long DONE = -1;

    /** Does one step; gives {@link #AGAIN}, {@link #DONE} or the nanoseconds to wait before the next. */
    long step(Guest guest);

    /** Whether keys are read (and Ctrl-C ends it) while it runs. */
    default boolean takesInput() {
        return true;
    }

    /** Whether its next step waits until everything it printed has found room in the ring. */
    default boolean waitsForOutput() {
        return true;
    }

    /** How much it loads the cpu while it waits, in thousandths. */
    default int load() {
        return 2;
    }
}
