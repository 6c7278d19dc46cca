package dev.xcs.bus;

import dev.xcs.model.Problem;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/** A failed answer on the bus, with its problem intact. */
final class BusFailure extends ReplyException {
    private final transient Problem problem;

    BusFailure(Problem problem) {
        super(ReplyFailure.RECIPIENT_FAILURE, problem.status(), problem.detail());
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
