package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The check can fail. */
class ContractCheckTest {
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");
    private static final Map<String, String> PROBLEM = Map.of("content-type", "application/problem+json");

    private static Vertx vertx;
    private static ContractCheck check;

    @BeforeAll
    static void load() {
        vertx = Vertx.vertx();
        check = ContractCheck.load(vertx);
    }

    @AfterAll
    static void close() {
        ApiFixture.await(vertx.close());
    }

    private static void check(int status, Map<String, String> headers, String body) {
        check.check("GET", "/v1/domains", status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void acceptsWhatTheContractSays() {
        assertThatCode(() -> check(200, JSON, "[]")).doesNotThrowAnyException();
        assertThatCode(
                        () -> check(
                                404,
                                PROBLEM,
                                "{\"type\":\"urn:xcs:problem:not-found\",\"title\":\"t\",\"status\":404,\"detail\":\"d\",\"retryable\":false}"))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesWhatItDoesNotSay() {
        assertThatThrownBy(() -> check(200, JSON, "{}")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> check(200, JSON, "[{\"uuid\":\"x\"}]")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> check(200, JSON, "")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> check(404, JSON, "{}")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> check(404, PROBLEM, "{}")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> check.check("GET", "/v1/nonsense", 200, JSON, new byte[0]))
                .isInstanceOf(AssertionError.class);
    }
}
