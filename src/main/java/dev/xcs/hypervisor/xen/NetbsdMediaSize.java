package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.xcs.hypervisor.netbsd.MediaSize;
import java.util.OptionalLong;

/** By ioctl. Where that fails a disklabel has to tell: floppies and old drivers do not know the question. */
final class NetbsdMediaSize implements MediaSize {
    /** sys/dkio.h: {@code _IOR('d', 132, off_t)}, with {@code _IOR} as sys/ioccom.h has it: out, eight bytes, group, number. */
    static final long DIOCGMEDIASIZE = 0x4000_0000L | Long.BYTES << 16 | 'd' << 8 | 132;

    private final LibC libc;

    NetbsdMediaSize(LibC libc) {
        this.libc = libc;
    }

    @Override
    public OptionalLong of(String path) {
        int fd = libc.open(path, LibC.O_RDONLY);
        if (fd < 0) {
            return OptionalLong.empty();
        }
        try (Memory size = new Memory(Long.BYTES)) {
            int result = libc.ioctl(fd, DIOCGMEDIASIZE, Pointer.nativeValue(size));
            return result < 0 ? OptionalLong.empty() : OptionalLong.of(size.getLong(0));
        } finally {
            libc.close(fd);
        }
    }
}
