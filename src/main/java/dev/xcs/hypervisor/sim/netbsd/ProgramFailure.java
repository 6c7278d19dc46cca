package dev.xcs.hypervisor.sim.netbsd;

/** A program that says what is wrong and exits with 1. */
final class ProgramFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    ProgramFailure(String message) {
        super(message, null, false, false);
    }
}
