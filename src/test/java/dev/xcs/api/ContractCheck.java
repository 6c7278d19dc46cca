package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.ResponseValidator;
import io.vertx.openapi.validation.ValidatableResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Holds live answers against openapi.yaml: status, headers, media type and body. For every test that talks to the API. */
public final class ContractCheck {
    private final Contract contract;
    private final ResponseValidator validator;

    private ContractCheck(Vertx vertx, Contract contract) {
        this.contract = contract;
        this.validator = ResponseValidator.create(vertx, contract.routes());
    }

    public static ContractCheck load(Vertx vertx) {
        return new ContractCheck(vertx, await(Contract.load(vertx)));
    }

    /**
     * Fails the test unless the contract describes this answer. An answer for a path or method that the contract does not have must be a problem
     * document.
     *
     * @param path as it was sent, the query included
     * @param headers names in lower case
     */
    public void check(String method, String path, int status, Map<String, String> headers, byte[] body) {
        String media = headers.getOrDefault("content-type", "");
        if (status >= 400) {
            assertThat(media).as("media type of %s %s", method, path).isEqualTo(Answers.PROBLEM_JSON);
        }
        if (method.equals("HEAD") || method.equals("OPTIONS")) {
            return;
        }
        if (body.length > 0 && status < 400 && !media.contains("json")) {
            // The validator knows no other bodies.
            return;
        }
        Operation operation = contract.routes().findOperation(path.split("\\?", 2)[0], HttpMethod.valueOf(method));
        String id = operation == null ? "showHost" : operation.getOperationId();
        if (operation == null) {
            assertThat(status).as("status of unknown %s %s", method, path).isGreaterThanOrEqualTo(400);
        }
        Map<String, String> known = new HashMap<>(headers);
        // Vert.x 5.0 cannot decode a header with quotes in it.
        assertThat(known.remove("www-authenticate") != null)
                .as("WWW-Authenticate")
                .isEqualTo(status == 401);
        // The contract as Vert.x reads it has no problem+json, see Contract.
        ValidatableResponse response = body.length == 0
                ? ValidatableResponse.create(status, known)
                : ValidatableResponse.create(status, known, Buffer.buffer(body), Answers.JSON);
        try {
            validator
                    .validate(response, id)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            fail(
                    method + " " + path + " -> " + status + " is not as the contract says: " + new String(body),
                    e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            fail("The validator did not answer", e);
        }
    }

    private static <T> T await(io.vertx.core.Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
