package dev.xcs.hypervisor.xen;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;

/**
 * What xc_get_last_error tells of a failed build.
 *
 * @param code of {@code enum xc_error_code} (xenctrl.h); errno says nothing after a failed build
 */
record BuildError(int code, String message) {
    private static final int INVALID_KERNEL = 2;
    private static final int OUT_OF_MEMORY = 4;

    /** What the failure of a builder's call means to whoever asked for the domain. */
    Problem toProblem(String call, String argument) {
        Problem problem = Problem.of(type(call), call + "(" + argument + ") failed: " + text(call))
                .withStep("build")
                .withCall(call, argument);
        return switch (problem.type()) {
            case BAD_IMAGE ->
                problem.withField("kernel").withCause("this file is not a kernel that Xen can run as a guest");
            case OUT_OF_MEMORY ->
                problem.withCause("Xen has not enough free memory").asRetryable();
            case IMPOSSIBLE ->
                problem.withField("memoryMib").withCause("the guest's memory is too small for its kernel and ramdisk");
            default -> problem;
        };
    }

    private ProblemType type(String call) {
        if (call.equals("xc_dom_parse_image") || code == INVALID_KERNEL) {
            return ProblemType.BAD_IMAGE;
        }
        if (call.equals("xc_dom_boot_mem_init")) {
            return ProblemType.OUT_OF_MEMORY;
        }
        return code == OUT_OF_MEMORY ? ProblemType.IMPOSSIBLE : ProblemType.HYPERVISOR;
    }

    private String text(String call) {
        if (!message.isBlank()) {
            return message;
        }
        return call.equals("xc_dom_boot_mem_init") ? "memory cannot be populated" : "libxenguest gave no reason";
    }
}
