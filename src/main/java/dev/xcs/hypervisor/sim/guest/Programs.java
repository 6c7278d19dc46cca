package dev.xcs.hypervisor.sim.guest;

/** The programs of the shell that take their time. */
final class Programs {
    private static final int CHUNK = 1024;

    private Programs() {}

    /** The same line for ever, as fast as the ring is emptied. */
    static Program yes(String line) {
        String chunk = (line + "\n").repeat(Math.max(1, CHUNK / (line.length() + 1)));
        return new Program() {
            @Override
            public long step(Guest guest) {
                guest.terminal().print(chunk);
                return AGAIN;
            }

            @Override
            public int load() {
                return 1000;
            }
        };
    }

    /** All numbers from first to last, one a line. */
    static Program seq(long first, long last) {
        return new Program() {
            private long next = first;

            @Override
            public long step(Guest guest) {
                StringBuilder chunk = new StringBuilder();
                while (next <= last && chunk.length() < CHUNK) {
                    chunk.append(next++).append('\n');
                }
                guest.terminal().print(chunk.toString());
                return next > last ? DONE : AGAIN;
            }

            @Override
            public int load() {
                return 1000;
            }
        };
    }

    static Program sleep(long nanos) {
        return new Program() {
            private boolean slept;

            @Override
            public long step(Guest guest) {
                if (slept) {
                    return DONE;
                }
                slept = true;
                return nanos;
            }
        };
    }
}
