package dev.xcs.hypervisor.sim;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;

/** The errnos that Xen's calls answer with, numbers and texts as on Linux. */
enum Errno {
    EPERM(1, "Operation not permitted"),
    ESRCH(3, "No such process"),
    ENOMEM(12, "Cannot allocate memory"),
    EFAULT(14, "Bad address"),
    EINVAL(22, "Invalid argument"),
    ENOSPC(28, "No space left on device"),
    ENOTCONN(107, "Transport endpoint is not connected");

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The failure of a call with this errno. */
    ProblemException of(String call, String argument, String cause) {
        ProblemType type = this == ENOMEM ? ProblemType.OUT_OF_MEMORY : ProblemType.HYPERVISOR;
        return Problem.of(type, call + "(" + argument + ") failed: " + text)
                .withCall(call, argument)
                .withErrno(number, text)
                .withCause(cause)
                .toException();
    }

    static ProblemException noDomain(String call, int domid) {
        return ESRCH.of(call, "domid " + domid, "there is no domain " + domid);
    }
}
