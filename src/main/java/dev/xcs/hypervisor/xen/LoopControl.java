package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Loop devices by ioctl (linux/loop.h). Names are paths like {@code /dev/loop3}. */
final class LoopControl {
    private static final String CONTROL = "/dev/loop-control";

    private static final long LOOP_SET_FD = 0x4C00;
    private static final long LOOP_CLR_FD = 0x4C01;
    private static final long LOOP_SET_STATUS64 = 0x4C04;
    private static final long LOOP_GET_STATUS64 = 0x4C05;
    private static final long LOOP_SET_CAPACITY = 0x4C07;
    private static final long LOOP_SET_DIRECT_IO = 0x4C08;
    private static final long LOOP_CONFIGURE = 0x4C0A;
    private static final long LOOP_CTL_GET_FREE = 0x4C82;

    private static final int READ_ONLY = 1;
    private static final int AUTOCLEAR = 4;
    private static final int DIRECT_IO = 16;

    /** {@code struct loop_config}: the file, the block size, loop_info64, 64 bytes reserved. */
    private static final int CONFIG_BYTES = 304;

    private static final int CONFIG_BLOCK_SIZE = 4;
    private static final int CONFIG_INFO = 8;

    /** How often another process may be faster to take the number that was free. */
    private static final int MAX_RACES = 64;

    private final BlockCalls calls;

    LoopControl(BlockCalls calls) {
        this.calls = calls;
    }

    /**
     * A loop device that is held open, and cleared by the kernel when nobody has it open any more.
     *
     * @param fd for the caller to close
     */
    record Attached(String path, int fd) {}

    /** @param file an absolute path of a regular file */
    Attached attach(String file, boolean readOnly) {
        return calls.with(file, flags(readOnly), fd -> attach(file, fd, readOnly));
    }

    private Attached attach(String file, int fileFd, boolean readOnly) {
        for (int race = 0; race < MAX_RACES; race++) {
            String path = "/dev/loop" + free();
            int fd = calls.open(path, flags(readOnly));
            int result = configure(fd, fileFd, file, readOnly);
            if (result >= 0) {
                return new Attached(path, fd);
            }
            calls.close(fd);
            if (result != -Errno.EBUSY.code()) {
                throw BlockCalls.failure("ioctl LOOP_CONFIGURE", file, -result);
            }
        }
        throw Problem.of(ProblemType.HYPERVISOR, "no loop device for " + Problem.quote(file))
                .withCall("ioctl LOOP_CTL_GET_FREE", CONTROL)
                .withErrno(Errno.EBUSY.code(), Errno.textOf(Errno.EBUSY.code()))
                .withCause("other processes were faster " + MAX_RACES + " times")
                .asRetryable()
                .toException();
    }

    private static int flags(boolean readOnly) {
        return readOnly ? LibC.O_RDONLY : LibC.O_RDWR;
    }

    private int free() {
        try {
            return calls.with(
                    CONTROL,
                    LibC.O_RDWR,
                    fd -> BlockCalls.require(
                            calls.control(fd, LOOP_CTL_GET_FREE, 0), "ioctl LOOP_CTL_GET_FREE", CONTROL));
        } catch (ProblemException e) {
            throw new ProblemException(e.problem().withCause("loop devices need the kernel module loop, and root"), e);
        }
    }

    private int configure(int fd, int fileFd, String file, boolean readOnly) {
        int flags = AUTOCLEAR | (readOnly ? READ_ONLY : 0);
        int result = configure(fd, fileFd, file, flags, DIRECT_IO);
        if (result == -Errno.EINVAL.code()) {
            result = configure(fd, fileFd, file, flags, 0);
        }
        boolean unknown = result == -Errno.EINVAL.code() || result == -Errno.ENOTTY.code();
        return unknown ? configureInSteps(fd, fileFd, file, flags) : result;
    }

    private int configure(int fd, int fileFd, String file, int flags, int directIo) {
        try (Memory config = new Memory(CONFIG_BYTES)) {
            config.clear();
            config.setInt(0, fileFd);
            // Left to itself, the kernel lets direct I/O decide, and a guest would see other sectors on another host.
            config.setInt(CONFIG_BLOCK_SIZE, SysBlock.SECTOR_BYTES);
            describe(config, CONFIG_INFO, file, flags | directIo);
            return calls.control(fd, LOOP_CONFIGURE, config);
        }
    }

    /** Linux before 5.8. */
    private int configureInSteps(int fd, int fileFd, String file, int flags) {
        int result = calls.control(fd, LOOP_SET_FD, fileFd);
        if (result < 0) {
            return result;
        }
        try (Memory info = new Memory(LoopStatus.BYTES)) {
            info.clear();
            describe(info, 0, file, flags & AUTOCLEAR);
            result = calls.control(fd, LOOP_SET_STATUS64, info);
        }
        if (result < 0) {
            calls.control(fd, LOOP_CLR_FD, 0);
            return result;
        }
        // Does what it can: without direct I/O it is slower, not wrong.
        calls.control(fd, LOOP_SET_DIRECT_IO, 1);
        return result;
    }

    private static void describe(Memory into, int at, String file, int flags) {
        into.setInt(at + LoopStatus.FLAGS, flags);
        byte[] name = file.getBytes(StandardCharsets.UTF_8);
        byte[] kept = Arrays.copyOf(name, Math.min(name.length, LoopStatus.FILE_NAME_BYTES));
        into.write(at + LoopStatus.FILE_NAME, kept, 0, kept.length);
    }

    /** Empty when it stands for nothing, or went away. */
    Optional<LoopStatus> status(String path) {
        try {
            return calls.with(path, LibC.O_RDONLY, this::status);
        } catch (ProblemException gone) {
            // A loop device that cannot be opened has been removed; what was asked is what it stands for now.
            return Optional.empty();
        }
    }

    Optional<LoopStatus> status(int fd) {
        try (Memory info = new Memory(LoopStatus.BYTES)) {
            info.clear();
            return calls.control(fd, LOOP_GET_STATUS64, info) < 0 ? Optional.empty() : Optional.of(LoopStatus.of(info));
        }
    }

    /** Takes over the size that the file has by now. */
    void takeSize(int fd, String path) {
        BlockCalls.require(calls.control(fd, LOOP_SET_CAPACITY, 0), "ioctl LOOP_SET_CAPACITY", path);
    }
}
