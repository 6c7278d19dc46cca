package dev.xcs.cli;

/** The exit codes of every verb; part of the interface, never renumbered. */
final class ExitCode {
    static final int DONE = 0;
    static final int REFUSED = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 3;
    static final int NOT_AUTHORISED = 4;
    static final int NO_SUCH_DOMAIN = 5;
    static final int TIMED_OUT = 6;

    private ExitCode() {}
}
