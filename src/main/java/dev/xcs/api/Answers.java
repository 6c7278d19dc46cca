package dev.xcs.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.bus.Json;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/** Writes answers. */
final class Answers {
    static final String JSON = "application/json";
    static final String PROBLEM_JSON = "application/problem+json";

    private static final CharSequence JSON_BYTES = HttpHeaders.createOptimized(JSON);

    private static final ObjectMapper MAPPER = Json.mapper();

    private Answers() {}

    static Future<Void> json(HttpServerResponse response, int status, Object value) {
        return body(response.setStatusCode(status), JSON_BYTES, bytes(value));
    }

    static Future<Void> problem(HttpServerResponse response, Problem problem) {
        switch (problem.type()) {
            case UNAUTHENTICATED -> response.putHeader("WWW-Authenticate", "Bearer realm=\"xcs\"");
            case TOO_MANY -> response.putHeader(HttpHeaders.RETRY_AFTER, "10");
            case UNAVAILABLE, TIMEOUT -> response.putHeader(HttpHeaders.RETRY_AFTER, "1");
            default -> {}
        }
        return body(response.setStatusCode(problem.status()), PROBLEM_JSON, bytes(problem));
    }

    /** As JSON text, for a text frame of a websocket. */
    static String text(Object value) {
        return bytes(value).toString();
    }

    static Future<Void> body(HttpServerResponse response, CharSequence type, Buffer body) {
        // Said here, because Vert.x leaves it out in answers to HEAD.
        return response.putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
                .end(body);
    }

    private static Buffer bytes(Object value) {
        try {
            return Buffer.buffer(MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new ProblemException(ProblemException.of(e).withStep("answer"), e);
        }
    }
}
