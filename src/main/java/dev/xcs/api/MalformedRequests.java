package dev.xcs.api;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what is not HTTP or exceeds the limits on request line and headers; the connection ends. */
final class MalformedRequests {
    private static final Logger LOG = LoggerFactory.getLogger(MalformedRequests.class);

    private MalformedRequests() {}

    static void answer(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        String why = cause == null ? "not understood" : Problem.quote(cause.getMessage());
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        Answers.problem(request.response(), Problem.of(ProblemType.MALFORMED, "Not a request that can be read: " + why))
                .eventually(() -> request.connection().close())
                .onFailure(failure -> LOG.debug("The client went away before its answer", failure));
    }
}
