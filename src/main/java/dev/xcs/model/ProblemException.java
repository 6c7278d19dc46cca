package dev.xcs.model;

/** Carries a {@link Problem} through code that throws; the only exception the daemon's own code throws on purpose. */
public final class ProblemException extends RuntimeException {
    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.detail());
        this.problem = problem;
    }

    public ProblemException(Problem problem, Throwable cause) {
        super(problem.detail(), cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** The failure of something inside another value, see {@link Problem#within}. */
    public static ProblemException within(String place, Throwable failure) {
        return new ProblemException(of(failure).within(place), failure);
    }

    /** The problem behind any failure: its own, or an internal one that names the failure. */
    public static Problem of(Throwable failure) {
        return failure instanceof ProblemException known
                ? known.problem
                : Problem.of(ProblemType.INTERNAL, String.valueOf(failure));
    }
}
