package dev.xcs.xenstore.wire;

import java.util.Optional;

/** The errors of xenstored, sent by name; numbers and texts are Linux's. EQUOTA is oxenstored's own, here with the number of EDQUOT. */
public enum Errno {
    EPERM(1, "Operation not permitted"),
    ENOENT(2, "No such file or directory"),
    EIO(5, "Input/output error"),
    E2BIG(7, "Argument list too long"),
    EAGAIN(11, "Resource temporarily unavailable"),
    ENOMEM(12, "Cannot allocate memory"),
    EACCES(13, "Permission denied"),
    EBUSY(16, "Device or resource busy"),
    EEXIST(17, "File exists"),
    EISDIR(21, "Is a directory"),
    EINVAL(22, "Invalid argument"),
    ENOSPC(28, "No space left on device"),
    EROFS(30, "Read-only file system"),
    ENOSYS(38, "Function not implemented"),
    ENOTEMPTY(39, "Directory not empty"),
    EISCONN(106, "Transport endpoint is already connected"),
    EQUOTA(122, "Quota exceeded");

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** Empty for a name that xs_wire.h does not know. */
    public static Optional<Errno> ofName(String name) {
        for (Errno errno : values()) {
            if (errno.name().equals(name)) {
                return Optional.of(errno);
            }
        }
        return Optional.empty();
    }

    public int number() {
        return number;
    }

    public String text() {
        return text;
    }
}
