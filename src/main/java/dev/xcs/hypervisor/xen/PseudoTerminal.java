package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.xcs.hypervisor.Terminal;
import dev.xcs.hypervisor.TerminalPath;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** One end of a Unix 98 pseudo terminal: the master of one that was made here, or the other end of somebody else's. */
final class PseudoTerminal implements Terminal {
    private static final int BUFFER_BYTES = 4096;
    private static final int PATH_BYTES = 128;
    /** More than struct termios has on any Linux. */
    private static final int TERMIOS_BYTES = 256;

    private static final int TCSANOW = 0;
    private static final int POLLFD_BYTES = 8;
    private static final short POLLHUP = 0x10;
    private static final int EIO = 5;
    private static final int S_IFMT = 0170000;
    private static final int S_IFCHR = 0020000;

    private final LibC libc;
    private final int fd;
    private final String path;
    private final Memory buffer = new Memory(BUFFER_BYTES);
    private final Memory pollfd = new Memory(POLLFD_BYTES);
    private boolean closed;

    private PseudoTerminal(LibC libc, int fd, String path) {
        this.libc = libc;
        this.fd = fd;
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
            int slave = required(libc.open(path, LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_CLOEXEC), "open", path);
            try {
                makeRaw(libc, slave, path);
            } finally {
                libc.close(slave);
            }
            return new PseudoTerminal(libc, master, path);
        } catch (ProblemException failure) {
            libc.close(master);
            throw failure;
        }
    }

    /**
     * Opens the end that users have. It never becomes the terminal of this process, no link is followed to it, and what is no
     * terminal is not touched: an open alone could have effects on another device.
     */
    static PseudoTerminal attach(LibC libc, String path) {
        requireConsole(TerminalPath.checked(path));
        int flags = LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_NONBLOCK | LibC.O_CLOEXEC | LibC.O_NOFOLLOW;
        int slave = required(libc.open(path, flags), "open", path);
        try {
            // Fails with ENOTTY for whatever has come to this name in between. xl console makes it raw too.
            makeRaw(libc, slave, path);
            return new PseudoTerminal(libc, slave, path);
        } catch (ProblemException failure) {
            libc.close(slave);
            throw failure;
        }
    }

    /** A name that has outlived its terminal may be somebody's login by now, whose keys are not to be read. */
    private static void requireConsole(String path) {
        try {
            Object mode = Files.getAttribute(Path.of(path), "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if (!(mode instanceof Integer found) || (found & S_IFMT) != S_IFCHR) {
                throw Problem.of(ProblemType.IMPOSSIBLE, Problem.quote(path) + " is no character device")
                        .toException();
            }
            if (new SessionTerminals(Path.of("/proc"))
                    .has(FileNode.of(Path.of(path)).special())) {
                throw Problem.of(
                                ProblemType.CONFLICT,
                                Problem.quote(path) + " is the terminal of a login: who showed a console there is gone")
                        .toException();
            }
        } catch (NoSuchFileException gone) {
            throw new ProblemException(
                    Problem.of(ProblemType.NOT_FOUND, "There is no terminal " + Problem.quote(path)), gone);
        } catch (IOException failure) {
            throw new ProblemException(
                    Problem.of(ProblemType.IMPOSSIBLE, Problem.quote(path) + " cannot be looked at")
                            .withCall("stat", path)
                            .withCause(failure.toString()),
                    failure);
        }
    }

    private static void makeRaw(LibC libc, int slave, String path) {
        Memory termios = new Memory(TERMIOS_BYTES);
        required(libc.tcgetattr(slave, termios), "tcgetattr", path);
        libc.cfmakeraw(termios);
        required(libc.tcsetattr(slave, TCSANOW, termios), "tcsetattr", path);
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
        pollfd.setInt(0, fd);
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
        long count = moved(libc.read(fd, buffer, Math.min(into.length, BUFFER_BYTES)), "read");
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
        return (int) moved(libc.write(fd, buffer, some), "write");
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
            libc.close(fd);
        }
    }
}
