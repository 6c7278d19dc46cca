package dev.xcs.hypervisor.sim;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;

/** The errnos that calls of Xen and of dom0's kernel answer with, numbers and texts as on Linux; they become the same problems as on real Xen. */
enum XenErrno {
    EPERM(1, "Operation not permitted", ProblemType.HYPERVISOR),
    ESRCH(3, "No such process", ProblemType.NOT_FOUND),
    EIO(5, "Input/output error", ProblemType.HYPERVISOR),
    ENXIO(6, "No such device or address", ProblemType.HYPERVISOR),
    ENOMEM(12, "Cannot allocate memory", ProblemType.OUT_OF_MEMORY),
    EACCES(13, "Permission denied", ProblemType.HYPERVISOR),
    EFAULT(14, "Bad address", ProblemType.HYPERVISOR),
    EBUSY(16, "Device or resource busy", ProblemType.HYPERVISOR),
    EEXIST(17, "File exists", ProblemType.IMPOSSIBLE),
    ENODEV(19, "No such device", ProblemType.NOT_FOUND),
    EINVAL(22, "Invalid argument", ProblemType.HYPERVISOR),
    ENOSPC(28, "No space left on device", ProblemType.HYPERVISOR),
    EOPNOTSUPP(95, "Operation not supported", ProblemType.HYPERVISOR),
    ENOTCONN(107, "Transport endpoint is not connected", ProblemType.HYPERVISOR);

    private final int number;
    private final String text;
    private final ProblemType type;

    XenErrno(int number, String text, ProblemType type) {
        this.number = number;
        this.text = text;
        this.type = type;
    }

    /** The failure of a call with this errno. */
    ProblemException of(String call, String argument, String cause) {
        Problem problem = Problem.of(
                        type, call + "(" + argument + ") failed with " + this + " (" + number + "): " + text)
                .withCall(call, argument)
                .withErrno(number, text)
                .withCause(cause);
        return (this == ENOMEM ? problem.asRetryable() : problem).toException();
    }

    static ProblemException noDomain(String call, int domid) {
        return ESRCH.of(call, "domid " + domid, "there is no domain " + domid);
    }
}
