package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.Terminal;
import dev.xcs.hypervisor.TerminalPath;
import dev.xcs.hypervisor.Terminals;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The pseudo terminals of the simulated dom0: bounded as Linux's are. Whoever has the users' end of one open takes bytes from all others who have,
 * as {@code xl console} and xcsd do of xenconsoled's.
 */
public final class SimTerminals implements Terminals {
    private static final int BUFFER_BYTES = 4096;

    private final Map<String, Pair> made = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();

    @Override
    public Terminal make() {
        return make(() -> {});
    }

    /** @param woken called whenever the other end has taken bytes or typed some */
    Terminal make(Runnable woken) {
        Pair pair = new Pair("/dev/pts/" + numbers.incrementAndGet(), woken);
        made.put(pair.path, pair);
        return pair;
    }

    @Override
    public Terminal attach(String path) {
        return new Users(find(TerminalPath.checked(path)));
    }

    private Pair find(String path) {
        Pair pair = made.get(path);
        if (pair == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no terminal " + Problem.quote(path))
                    .toException();
        }
        return pair;
    }

    /** Opens the other end. */
    public Slave open(String path) {
        return new Users(find(path));
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

    /** What is on the way in one direction. */
    private static final class Way {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        synchronized int put(byte[] from, int offset, int length) {
            int count = Math.min(length, BUFFER_BYTES - bytes.size());
            bytes.write(from, offset, count);
            return count;
        }

        synchronized int take(byte[] into) {
            byte[] all = bytes.toByteArray();
            int count = Math.min(into.length, all.length);
            System.arraycopy(all, 0, into, 0, count);
            bytes.reset();
            bytes.write(all, count, all.length - count);
            return count;
        }

        synchronized byte[] takeAll() {
            byte[] all = bytes.toByteArray();
            bytes.reset();
            return all;
        }
    }

    /** The end of who made it. */
    private final class Pair implements Terminal {
        private final String path;
        private final Runnable woken;
        private final Way toUsers = new Way();
        private final Way toMaker = new Way();
        private final AtomicInteger users = new AtomicInteger();
        private volatile boolean closed;

        Pair(String path, Runnable woken) {
            this.path = path;
            this.woken = woken;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public boolean isOpen() {
            return users.get() > 0;
        }

        @Override
        public int read(byte[] into) {
            return toMaker.take(into);
        }

        @Override
        public int write(byte[] from, int offset, int length) {
            return toUsers.put(from, offset, length);
        }

        @Override
        public void close() {
            closed = true;
            made.remove(path);
        }
    }

    /** The end of one user. */
    private static final class Users implements Terminal, Slave {
        private final Pair pair;
        private boolean closed;

        Users(Pair pair) {
            this.pair = pair;
            pair.users.incrementAndGet();
        }

        @Override
        public String path() {
            return pair.path;
        }

        @Override
        public boolean isOpen() {
            return !pair.closed;
        }

        @Override
        public int read(byte[] into) {
            int count = pair.toUsers.take(into);
            wake(count);
            return count;
        }

        private void wake(int moved) {
            if (moved > 0) {
                pair.woken.run();
            }
        }

        @Override
        public int write(byte[] from, int offset, int length) {
            int count = pair.toMaker.put(from, offset, length);
            wake(count);
            return count;
        }

        @Override
        public int type(byte[] bytes) {
            return write(bytes, 0, bytes.length);
        }

        @Override
        public byte[] shown() {
            byte[] shown = pair.toUsers.takeAll();
            wake(shown.length);
            return shown;
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                pair.users.decrementAndGet();
            }
        }
    }
}
