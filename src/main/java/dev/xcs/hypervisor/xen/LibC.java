package dev.xcs.hypervisor.xen;

import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * libc. -1 failed with errno, a null pointer too, but for mmap ({@link #MAP_FAILED}). size_t and off_t are long, and variadic
 * functions have a fixed list: there is only amd64. Mapped directly, as event channels call it often.
 */
class LibC {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_EXCL = 0x80;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int O_NOFOLLOW = 0x20000;
    static final int O_CLOEXEC = 0x80000;
    static final int EFD_CLOEXEC = O_CLOEXEC;
    static final int EFD_NONBLOCK = 0x800;
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_PRIVATE = 2;
    static final Pointer MAP_FAILED = new Pointer(-1);
    static final short POLLIN = 1;
    static final short POLLERR = 8;

    static final int AF_NETLINK = 16;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = O_CLOEXEC;
    static final int SOL_SOCKET = 1;
    static final int SO_RCVTIMEO = 20;

    native int open(String path, int flags);

    native int close(int fd);

    native int posix_openpt(int flags);

    native int grantpt(int fd);

    native int unlockpt(int fd);

    /** Gives the errno. */
    native int ptsname_r(int fd, Pointer into, long bytes);

    native int tcgetattr(int fd, Pointer termios);

    native int tcsetattr(int fd, int when, Pointer termios);

    native void cfmakeraw(Pointer termios);

    native long read(int fd, Pointer into, long bytes);

    native long write(int fd, Pointer from, long bytes);

    native int poll(Pointer fds, long count, int timeoutMillis);

    native int eventfd(int initial, int flags);

    native int socket(int domain, int type, int protocol);

    native int bind(int fd, Pointer address, int bytes);

    native int setsockopt(int fd, int level, int name, Pointer value, int bytes);

    native long send(int fd, Pointer from, long bytes, int flags);

    native long recv(int fd, Pointer into, long bytes, int flags);

    native int ioctl(int fd, long request, long argument);

    native Pointer mmap(@Nullable Pointer address, long bytes, int prot, int flags, int fd, long offset);

    native int munmap(Pointer address, long bytes);

    /** A stream that collects what is written; the two cells hold its text and size after fflush. */
    @Nullable
    native Pointer open_memstream(Pointer textCell, Pointer sizeCell);

    native int fflush(Pointer file);

    native int fclose(Pointer file);

    native void free(@Nullable Pointer memory);
}
