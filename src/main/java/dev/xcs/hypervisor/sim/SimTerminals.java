package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.Terminal;
import dev.xcs.hypervisor.Terminals;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The pseudo terminals of the simulated dom0: bounded as Linux's are, their other end for whoever plays {@code xl console}. */
public final class SimTerminals implements Terminals {
    private static final int BUFFER_BYTES = 4096;

    private final Map<String, Pair> made = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();

    @Override
    public Terminal make() {
        Pair pair = new Pair("/dev/pts/sim-" + numbers.incrementAndGet());
        made.put(pair.path, pair);
        return pair;
    }

    /** Opens the other end. */
    public Slave open(String path) {
        Pair pair = made.get(path);
        if (pair == null) {
            throw new IllegalArgumentException(path + ": no such device");
        }
        return pair.open();
    }

    /** The end that {@code xl console} has. */
    public interface Slave extends AutoCloseable {
        /** Types; gives how many bytes there was room for. */
        int type(byte[] bytes);

        /** Takes what was shown since the last time. */
        byte[] shown();

        @Override
        void close();
    }

    private final class Pair implements Terminal {
        private final String path;
        private final ByteArrayOutputStream toSlave = new ByteArrayOutputStream();
        private final ByteArrayOutputStream toMaster = new ByteArrayOutputStream();
        private int opened;

        Pair(String path) {
            this.path = path;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public synchronized boolean isOpen() {
            return opened > 0;
        }

        @Override
        public synchronized int read(byte[] into) {
            byte[] typed = toMaster.toByteArray();
            int count = Math.min(into.length, typed.length);
            System.arraycopy(typed, 0, into, 0, count);
            toMaster.reset();
            toMaster.write(typed, count, typed.length - count);
            return count;
        }

        @Override
        public synchronized int write(byte[] from, int offset, int length) {
            int count = Math.min(length, BUFFER_BYTES - toSlave.size());
            toSlave.write(from, offset, count);
            return count;
        }

        @Override
        public void close() {
            made.remove(path);
        }

        synchronized Slave open() {
            opened++;
            return new Slave() {
                @Override
                public int type(byte[] bytes) {
                    synchronized (Pair.this) {
                        int count = Math.min(bytes.length, BUFFER_BYTES - toMaster.size());
                        toMaster.write(bytes, 0, count);
                        return count;
                    }
                }

                @Override
                public byte[] shown() {
                    synchronized (Pair.this) {
                        byte[] shown = toSlave.toByteArray();
                        toSlave.reset();
                        return shown;
                    }
                }

                @Override
                public void close() {
                    synchronized (Pair.this) {
                        opened--;
                        toSlave.reset();
                    }
                }
            };
        }
    }
}
