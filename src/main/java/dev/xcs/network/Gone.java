package dev.xcs.network;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;

/** What who waited is told when nobody wants its result any more. */
final class Gone {
    private Gone() {}

    static ProblemException of(DomainVifs vifs) {
        return Problem.of(ProblemType.PREEMPTED, "The vifs of " + vifs.name() + " are not wanted any more")
                .toException();
    }
}
