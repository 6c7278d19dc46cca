package dev.xcs.api;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where failures become answers: always a problem document, never a stack trace. */
final class FailureAnswerer {
    private static final Logger LOG = LoggerFactory.getLogger(FailureAnswerer.class);
    private static final List<Integer> STATUSES = List.of(400, 401, 403, 404, 405, 406, 413, 415, 500);

    private final Function<String, Set<String>> methodsOfPath;

    /**
     * @param methodsOfPath the methods that a path knows, for Allow
     */
    FailureAnswerer(Function<String, Set<String>> methodsOfPath) {
        this.methodsOfPath = methodsOfPath;
    }

    void install(Router router) {
        STATUSES.forEach(status -> router.errorHandler(status, this::answer));
    }

    private void answer(RoutingContext context) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        Problem problem = problem(context);
        if (problem.type() == ProblemType.METHOD_NOT_ALLOWED) {
            response.putHeader(HttpHeaders.ALLOW, String.join(", ", methodsOfPath.apply(context.normalizedPath())));
        }
        Answers.problem(response, problem)
                .onFailure(failure -> LOG.debug("The client went away before its answer", failure));
    }

    private static Problem problem(RoutingContext context) {
        Throwable failure = context.failure();
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        String what = context.request().method() + " "
                + Problem.quote(context.request().path());
        return switch (context.statusCode()) {
            case 400 -> Problem.of(ProblemType.MALFORMED, what + ": " + reason(failure));
            case 404 -> Problem.of(ProblemType.NOT_FOUND, what + ": there is no such path");
            case 405 ->
                Problem.of(ProblemType.METHOD_NOT_ALLOWED, what + ": the method is not one that the path knows");
            default -> unexpected(what, failure);
        };
    }

    private static String reason(@Nullable Throwable failure) {
        return failure == null ? "not understood" : Problem.quote(failure.getMessage());
    }

    private static Problem unexpected(String what, @Nullable Throwable failure) {
        LOG.error("Unexpected failure of {}", what, failure);
        return Problem.of(ProblemType.INTERNAL, what + " failed unexpectedly; the daemon's log says more");
    }
}
