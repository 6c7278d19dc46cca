package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * libc. -1 failed with errno, a null pointer too, but for mmap ({@link #MAP_FAILED}). size_t and off_t are long, and variadic
 * functions have a fixed list: there is only amd64.
 */
interface LibC extends Library {
    int O_RDONLY = 0;
    int O_CLOEXEC = 0x80000;
    int EFD_CLOEXEC = O_CLOEXEC;
    int EFD_NONBLOCK = 0x800;
    int PROT_READ = 1;
    int PROT_WRITE = 2;
    int MAP_PRIVATE = 2;
    Pointer MAP_FAILED = new Pointer(-1);
    short POLLIN = 1;
    short POLLERR = 8;

    int open(String path, int flags);

    int close(int fd);

    long read(int fd, Pointer into, long bytes);

    long write(int fd, Pointer from, long bytes);

    int poll(Pointer fds, long count, int timeoutMillis);

    int eventfd(int initial, int flags);

    int ioctl(int fd, long request, long argument);

    Pointer mmap(@Nullable Pointer address, long bytes, int prot, int flags, int fd, long offset);

    int munmap(Pointer address, long bytes);

    /** A stream that collects what is written; the two cells hold its text and size after fflush. */
    @Nullable
    Pointer open_memstream(Pointer textCell, Pointer sizeCell);

    int fflush(Pointer file);

    int fclose(Pointer file);

    void free(@Nullable Pointer memory);
}
