package dev.xcs.api;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a request's JSON body, of a bounded length whether it is announced or comes in chunks. */
final class BodyReader {
    private static final Logger LOG = LoggerFactory.getLogger(BodyReader.class);
    /** How long a client may go on sending what is thrown away: closing at once would lose it the answer. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final int maxBytes;

    BodyReader(Vertx vertx, int maxBytes) {
        this.vertx = vertx;
        this.maxBytes = maxBytes;
    }

    /** Must be called before the first byte of the body is read: in the event that brought the request. */
    Future<Buffer> read(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (!isJson(type)) {
            return Future.failedFuture(Problem.of(
                            ProblemType.UNSUPPORTED_MEDIA,
                            "Content-Type: " + Problem.quote(type) + ", expected " + Answers.JSON + " in UTF-8")
                    .withField("Content-Type")
                    .toException());
        }
        if (announced(request) > maxBytes) {
            return tooLarge(request);
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            request.response().writeContinue().onFailure(failure -> LOG.debug("The client went away", failure));
        }
        return collect(request);
    }

    private Future<Buffer> collect(HttpServerRequest request) {
        Promise<Buffer> collected = Promise.promise();
        Buffer body = Buffer.buffer();
        request.handler(chunk -> {
            if (body.length() + chunk.length() <= maxBytes) {
                body.appendBuffer(chunk);
            } else {
                request.handler(ignored -> {});
                tooLarge(request).onComplete(collected::tryComplete, collected::tryFail);
            }
        });
        request.exceptionHandler(collected::tryFail);
        request.endHandler(end -> collected.tryComplete(body));
        return collected.future();
    }

    private Future<Buffer> tooLarge(HttpServerRequest request) {
        vertx.setTimer(LINGER.toMillis(), timer -> closeUnlessEnded(request));
        String length = announced(request) > 0 ? announced(request) + " bytes" : "in chunks";
        return Future.failedFuture(
                Problem.of(ProblemType.BODY_TOO_LARGE, "Body: " + length + ", expected at most " + maxBytes + " bytes")
                        .toException());
    }

    private static void closeUnlessEnded(HttpServerRequest request) {
        if (!request.isEnded()) {
            request.connection().close().onFailure(failure -> LOG.debug("Already closed", failure));
        }
    }

    private static boolean isJson(@Nullable String type) {
        if (type == null) {
            return false;
        }
        String[] parts = type.toLowerCase(Locale.ROOT).split(";", -1);
        return parts[0].strip().equals(Answers.JSON)
                && Arrays.stream(parts).skip(1).map(String::strip).allMatch(BodyReader::isReadable);
    }

    /** JSON is UTF-8; in another charset the same bytes would mean something else. */
    private static boolean isReadable(String parameter) {
        String[] pair = parameter.split("=", 2);
        return !pair[0].strip().equals("charset")
                || (pair.length == 2 && pair[1].strip().replace("\"", "").equals("utf-8"));
    }

    private static long announced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
