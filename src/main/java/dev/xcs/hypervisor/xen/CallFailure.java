package dev.xcs.hypervisor.xen;

import com.sun.jna.Native;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;

/** Turns what a failed native call left behind into a problem. */
final class CallFailure {
    private CallFailure() {}

    /** The failure of the call that this thread made last. Errno is read first of all: any other call may change it. */
    static ProblemException last(String call, Object argument) {
        return of(call, argument, Native.getLastError());
    }

    /** The failure of a call with a known errno. */
    static ProblemException of(String call, Object argument, int errno) {
        String shown = String.valueOf(argument);
        Problem problem = Problem.of(type(errno), call + "(" + shown + ") failed with " + Errno.show(errno))
                .withCall(call, shown)
                .withErrno(errno, Errno.textOf(errno));
        String cause = Errno.causeOf(errno);
        return (cause == null ? retryable(problem, errno) : retryable(problem.withCause(cause), errno)).toException();
    }

    /** Throws the failure of the call that this thread made last when its result says that it failed. */
    static void require(int result, String call, Object argument) {
        if (result < 0) {
            throw last(call, argument);
        }
    }

    private static Problem retryable(Problem problem, int errno) {
        boolean passing = errno == Errno.EAGAIN.code() || errno == Errno.EBUSY.code() || errno == Errno.ENOMEM.code();
        return passing ? problem.asRetryable() : problem;
    }

    private static ProblemType type(int errno) {
        if (errno == Errno.ESRCH.code()) {
            return ProblemType.NOT_FOUND;
        }
        if (errno == Errno.ENOMEM.code()) {
            return ProblemType.OUT_OF_MEMORY;
        }
        return errno == Errno.EEXIST.code() ? ProblemType.CONFLICT : ProblemType.HYPERVISOR;
    }
}
