package dev.xcs.xenstore;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Op;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The problems of the client, all in one form. */
final class XenstoreProblems {
    private XenstoreProblems() {}

    /** An ERROR reply of xenstored, which names the errno. */
    static ProblemException refused(Op op, String argument, String errnoName) {
        Optional<Errno> errno = Errno.ofName(errnoName);
        Problem problem = Problem.of(
                ProblemType.XENSTORE,
                call(op) + " of " + Problem.quote(argument) + ": xenstored answers " + Problem.quote(errnoName));
        problem = problem.withCall(call(op), argument);
        if (errno.isPresent()) {
            problem = problem.withErrno(errno.get().number(), errno.get().text());
        }
        String cause = errno.isPresent() ? likelyCause(errno.get()) : null;
        return (cause == null ? problem : problem.withCause(cause)).toException();
    }

    /** A request that cannot be sent. */
    static ProblemException invalid(Op op, String argument, Errno errno, String detail) {
        return Problem.of(ProblemType.XENSTORE, call(op) + ": " + detail)
                .withCall(call(op), Problem.quote(argument))
                .withErrno(errno.number(), errno.text())
                .toException();
    }

    static ProblemException conflicts(int tries) {
        return Problem.of(
                        ProblemType.XENSTORE,
                        "a transaction met conflicting changes " + tries + " times in a row and was given up")
                .withCall(call(Op.TRANSACTION_END), null)
                .withErrno(Errno.EAGAIN.number(), Errno.EAGAIN.text())
                .withCause("somebody else keeps changing the same nodes")
                .asRetryable()
                .toException();
    }

    static ProblemException lost(Op op, String argument, String why) {
        return unavailable(op, argument, "the connection to xenstored was lost before " + call(op) + " was answered")
                .withCause(why)
                .toException();
    }

    static ProblemException notConnected(String why) {
        return Problem.of(ProblemType.UNAVAILABLE, "there is no connection to xenstored")
                .withCause(why)
                .asRetryable()
                .toException();
    }

    static ProblemException tooMany(Op op, String argument, int waiting) {
        return Problem.of(
                        ProblemType.TOO_MANY,
                        waiting + " requests wait for xenstored already, which is the limit; " + call(op)
                                + " is not queued")
                .withCall(call(op), argument)
                .withCause("xenstored answers too slowly")
                .asRetryable()
                .toException();
    }

    static boolean is(Throwable failure, Errno errno) {
        return failure instanceof ProblemException known
                && Objects.equals(known.problem().errno(), errno.number());
    }

    private static Problem unavailable(Op op, String argument, String detail) {
        return Problem.of(ProblemType.UNAVAILABLE, detail)
                .withCall(call(op), argument)
                .asRetryable();
    }

    private static String call(Op op) {
        return "XS_" + op;
    }

    private static @Nullable String likelyCause(Errno errno) {
        return switch (errno) {
            case EQUOTA -> "a quota of xenstored is used up: nodes, watches or transactions of a domain";
            case ENOSPC -> "xenstored is out of space, or a quota for nodes or transactions is used up";
            case E2BIG -> "a value, a list or the number of watches is larger than xenstored allows";
            case EACCES, EPERM -> "xcsd does not run as root in dom0";
            case ENOMEM -> "xenstored is out of memory";
            default -> null;
        };
    }
}
