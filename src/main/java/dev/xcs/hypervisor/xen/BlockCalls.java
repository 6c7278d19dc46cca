package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** System calls on block devices, and how they fail. Causes that Xen's calls have do not apply here. */
final class BlockCalls {
    /** BLKGETSIZE64 of linux/fs.h: _IOR(0x12, 114, size_t). */
    private static final long BLKGETSIZE64 = 0x80081272L;

    private final LibC libc;

    BlockCalls(LibC libc) {
        this.libc = libc;
    }

    /** The descriptor, closed on exec. */
    int open(String path, int flags) {
        int fd = libc.open(path, flags | LibC.O_CLOEXEC);
        if (fd < 0) {
            throw failure("open", path, Native.getLastError());
        }
        return fd;
    }

    /** Whether somebody in the kernel or a program has it for itself: a mount, swap, LVM, RAID, ZFS. */
    boolean claimed(String path) {
        int fd = libc.open(path, LibC.O_RDONLY | LibC.O_EXCL | LibC.O_CLOEXEC);
        if (fd >= 0) {
            libc.close(fd);
            return false;
        }
        return Native.getLastError() == Errno.EBUSY.code();
    }

    /** Opens, uses and closes. */
    <T> T with(String path, int flags, IntFunction<T> use) {
        int fd = open(path, flags);
        try {
            return use.apply(fd);
        } finally {
            libc.close(fd);
        }
    }

    long sizeBytes(int fd, String path) {
        try (Memory size = new Memory(Long.BYTES)) {
            require(control(fd, BLKGETSIZE64, size), "ioctl BLKGETSIZE64", path);
            return size.getLong(0);
        }
    }

    /** 0 and more when it succeeded, else the errno, negated. */
    int control(int fd, long request, long argument) {
        int result = libc.ioctl(fd, request, argument);
        return result < 0 ? -Native.getLastError() : result;
    }

    int control(int fd, long request, Memory argument) {
        return control(fd, request, Pointer.nativeValue(argument));
    }

    void close(int fd) {
        libc.close(fd);
    }

    /** @param result as {@link #control} gives it */
    static int require(int result, String call, String path) {
        if (result < 0) {
            throw failure(call, path, -result);
        }
        return result;
    }

    static ProblemException failure(String call, String path, int errno) {
        Problem problem = Problem.of(
                        ProblemType.HYPERVISOR, call + "(" + Problem.quote(path) + ") failed with " + Errno.show(errno))
                .withCall(call, path)
                .withErrno(errno, Errno.textOf(errno));
        String cause = cause(errno);
        return (cause == null ? problem : problem.withCause(cause)).toException();
    }

    private static @Nullable String cause(int errno) {
        if (errno == Errno.ENOMEDIUM.code()) {
            return "there is no disc in the drive";
        }
        if (errno == Errno.ENXIO.code()) {
            return "there is no device behind this node";
        }
        return errno == Errno.EROFS.code() ? "it cannot be written: attach it read-only" : null;
    }
}
