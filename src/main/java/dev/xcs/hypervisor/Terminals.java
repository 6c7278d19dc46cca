package dev.xcs.hypervisor;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;

/** Makes pseudo terminals, for tools that look at a console through one. */
@FunctionalInterface
public interface Terminals {
    /** Where there are none. */
    Terminals NONE = () -> {
        throw Problem.of(ProblemType.NOT_IMPLEMENTED, "This host has no pseudo terminals")
                .toException();
    };

    /** A new one in raw mode that nobody has open. */
    Terminal make();
}
