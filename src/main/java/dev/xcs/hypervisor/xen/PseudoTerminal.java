package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.xcs.hypervisor.Terminal;
import dev.xcs.model.ProblemException;

/** The master of a Unix 98 pseudo terminal. */
final class PseudoTerminal implements Terminal {
    private static final int BUFFER_BYTES = 4096;
    private static final int PATH_BYTES = 128;
    /** More than struct termios has on any Linux. */
    private static final int TERMIOS_BYTES = 256;

    private static final int TCSANOW = 0;
    private static final int POLLFD_BYTES = 8;
    private static final short POLLHUP = 0x10;
    private static final int EIO = 5;

    private final LibC libc;
    private final int master;
    private final String path;
    private final Memory buffer = new Memory(BUFFER_BYTES);
    private final Memory pollfd = new Memory(POLLFD_BYTES);
    private boolean closed;

    private PseudoTerminal(LibC libc, int master, String path) {
        this.libc = libc;
        this.master = master;
        this.path = path;
    }

    /** Raw, and closed once at its other end: only then Linux says of it that nobody has it open. */
    static PseudoTerminal make(LibC libc) {
        int flags = LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_NONBLOCK | LibC.O_CLOEXEC;
        int master = required(libc.posix_openpt(flags), "posix_openpt", "");
        try {
            required(libc.grantpt(master), "grantpt", master);
            required(libc.unlockpt(master), "unlockpt", master);
            Memory name = new Memory(PATH_BYTES);
            int errno = libc.ptsname_r(master, name, PATH_BYTES);
            if (errno != 0) {
                throw CallFailure.of("ptsname_r", master, errno);
            }
            String path = name.getString(0);
            makeRaw(libc, path);
            return new PseudoTerminal(libc, master, path);
        } catch (ProblemException failure) {
            libc.close(master);
            throw failure;
        }
    }

    private static void makeRaw(LibC libc, String path) {
        int slave = required(libc.open(path, LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_CLOEXEC), "open", path);
        try {
            Memory termios = new Memory(TERMIOS_BYTES);
            required(libc.tcgetattr(slave, termios), "tcgetattr", path);
            libc.cfmakeraw(termios);
            required(libc.tcsetattr(slave, TCSANOW, termios), "tcsetattr", path);
        } finally {
            libc.close(slave);
        }
    }

    private static int required(int answer, String call, Object argument) {
        if (answer < 0) {
            throw CallFailure.last(call, argument);
        }
        return answer;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public synchronized boolean isOpen() {
        if (closed) {
            return false;
        }
        pollfd.setInt(0, master);
        pollfd.setShort(4, (short) 0);
        pollfd.setShort(6, (short) 0);
        required(libc.poll(pollfd, 1, 0), "poll", path);
        return (pollfd.getShort(6) & POLLHUP) == 0;
    }

    @Override
    public synchronized int read(byte[] into) {
        if (closed) {
            return 0;
        }
        long count = moved(libc.read(master, buffer, Math.min(into.length, BUFFER_BYTES)), "read");
        buffer.read(0, into, 0, (int) count);
        return (int) count;
    }

    @Override
    public synchronized int write(byte[] from, int offset, int length) {
        if (closed || length == 0) {
            return 0;
        }
        int some = Math.min(length, BUFFER_BYTES);
        buffer.write(0, from, offset, some);
        return (int) moved(libc.write(master, buffer, some), "write");
    }

    /** Nothing is moved where nothing can be now, or nobody is at the other end. */
    private long moved(long count, String call) {
        if (count >= 0) {
            return count;
        }
        int errno = Native.getLastError();
        if (errno == Errno.EAGAIN.code() || errno == EIO) {
            return 0;
        }
        throw CallFailure.of(call, path, errno);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            libc.close(master);
        }
    }
}
