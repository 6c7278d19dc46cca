package dev.xcs.api;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows the requests under way; once the daemon stops it turns new ones away and waits for those. */
final class Draining {
    private static final Logger LOG = LoggerFactory.getLogger(Draining.class);

    private final Promise<Void> drained = Promise.promise();
    private int underWay;
    private boolean stopping;

    /** Lets a request pass, or fails it because the daemon stops. */
    void admit(RoutingContext context) {
        if (stopping) {
            // Whoever comes back finds the next daemon only on another connection.
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            context.fail(Problem.of(ProblemType.UNAVAILABLE, "The daemon stops and takes no more requests")
                    .asRetryable()
                    .toException());
        } else {
            context.next();
        }
    }

    /** Waits for the answer to this request. */
    void await(RoutingContext context) {
        underWay++;
        context.addEndHandler(answered -> {
            underWay--;
            tellIfDrained();
        });
    }

    private void tellIfDrained() {
        if (stopping && underWay == 0) {
            drained.tryComplete();
        }
    }

    /** From now on nothing is admitted. Done when everything is answered, or that time is over. */
    Future<Void> drain(Vertx vertx, Duration atMost) {
        stopping = true;
        tellIfDrained();
        long timer = vertx.setTimer(atMost.toMillis(), over -> giveUp(atMost));
        return drained.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private void giveUp(Duration atMost) {
        if (drained.tryComplete()) {
            LOG.warn(
                    "{} requests were not answered within {} s; they end without an answer",
                    underWay,
                    atMost.toSeconds());
        }
    }
}
