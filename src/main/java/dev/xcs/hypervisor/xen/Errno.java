package dev.xcs.hypervisor.xen;

import org.jspecify.annotations.Nullable;

/** The errors that Xen's calls give (asm-generic/errno.h of Linux), each with its text and what most likely lies behind it. */
enum Errno {
    EPERM(1, "Operation not permitted", "this is not a privileged domain, or the caller is not root"),
    ENOENT(
            2,
            "No such file or directory",
            "a Xen device node is missing; are xen-evtchn, xen-gntdev and xen-privcmd loaded?"),
    ESRCH(3, "No such process", "the domain is gone"),
    EINTR(4, "Interrupted system call", null),
    EIO(5, "Input/output error", null),
    ENXIO(6, "No such device or address", null),
    EBADF(9, "Bad file descriptor", null),
    EAGAIN(11, "Resource temporarily unavailable", "the hypervisor is busy"),
    ENOMEM(12, "Cannot allocate memory", "Xen has not enough free memory"),
    EACCES(13, "Permission denied", "the libraries do not match the running hypervisor, or the caller is not root"),
    EFAULT(14, "Bad address", null),
    EBUSY(16, "Device or resource busy", "the hypervisor is busy"),
    EEXIST(17, "File exists", null),
    ENODEV(19, "No such device", null),
    EINVAL(22, "Invalid argument", null),
    EMFILE(24, "Too many open files", "the limit of open files is reached"),
    ENOTTY(25, "Inappropriate ioctl for device", null),
    EFBIG(27, "File too large", null),
    ENOSPC(28, "No space left on device", "a table of the hypervisor is full"),
    EROFS(30, "Read-only file system", null),
    ENOSYS(38, "Function not implemented", "this hypervisor does not have that call"),
    EPROTONOSUPPORT(93, "Protocol not supported", null),
    EOPNOTSUPP(95, "Operation not supported", null),
    EAFNOSUPPORT(97, "Address family not supported by protocol", null),
    EADDRINUSE(98, "Address already in use", null),
    EADDRNOTAVAIL(99, "Cannot assign requested address", null),
    ENETDOWN(100, "Network is down", null),
    ENETUNREACH(101, "Network is unreachable", null),
    ENOBUFS(105, "No buffer space available", null),
    ENOTCONN(107, "Transport endpoint is not connected", null),
    ENOMEDIUM(123, "No medium found", null);

    private final int code;
    private final String text;
    private final @Nullable String cause;

    Errno(int code, String text, @Nullable String cause) {
        this.code = code;
        this.text = text;
        this.cause = cause;
    }

    int code() {
        return code;
    }

    /** {@code Invalid argument}, or {@code error 999} for one that is not listed. */
    static String textOf(int code) {
        Errno known = of(code);
        return known == null ? "error " + code : known.text;
    }

    /** {@code EINVAL (22): Invalid argument}. */
    static String show(int code) {
        Errno known = of(code);
        return known == null ? "error " + code : known + " (" + code + "): " + known.text;
    }

    static @Nullable String causeOf(int code) {
        Errno known = of(code);
        return known == null ? null : known.cause;
    }

    private static @Nullable Errno of(int code) {
        for (Errno errno : values()) {
            if (errno.code == code) {
                return errno;
            }
        }
        return null;
    }
}
