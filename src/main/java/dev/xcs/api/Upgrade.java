package dev.xcs.api;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is checked before a request becomes a websocket, so that every refusal is a problem document. */
final class Upgrade {
    private Upgrade() {}

    static boolean isAsked(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE));
    }

    /** Why the request cannot become a websocket of this subprotocol, if it cannot. */
    static @Nullable Problem refusal(HttpServerRequest request, String protocol) {
        if (!isAsked(request)) {
            return malformed("Upgrade", request.getHeader(HttpHeaders.UPGRADE), "websocket");
        }
        String offered = String.join(",", request.headers().getAll("Sec-WebSocket-Protocol"));
        boolean spoken = Arrays.stream(offered.split(",")).map(String::strip).anyMatch(protocol::equals);
        return spoken ? null : malformed("Sec-WebSocket-Protocol", offered, protocol);
    }

    static Problem malformed(String header, @Nullable String value, String expected) {
        return Problem.of(
                        ProblemType.MALFORMED,
                        "Header " + header + ": " + Problem.quote(value) + ", expected " + expected)
                .withField(header);
    }
}
