package dev.xcs.api;

import dev.xcs.bus.Json;
import dev.xcs.bus.RecordCodec;
import dev.xcs.config.DaemonConfig.ApiConfig;
import dev.xcs.config.DaemonConfig.PvgrubConfig;
import dev.xcs.message.FetchApiAddress;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The API on a free port with fake parts behind it; every answer is held against the contract. */
final class ApiFixture implements AutoCloseable {
    static final int MAX_BODY = 1 << 20;
    static final int MAX_VIEWERS = 3;

    final Vertx vertx = Vertx.vertx();
    final FakeParts parts = new FakeParts();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Path stateDir;
    final String token;
    final int port;
    private final String partsId;
    private final String apiId;
    private final ContractCheck contract;

    private static final PvgrubConfig PVGRUB = new PvgrubConfig(Path.of("/grub/pv.bin"), Path.of("/grub/pvh.bin"));

    ApiFixture() {
        this(Duration.ofSeconds(20));
    }

    ApiFixture(Duration pingEvery) {
        this(pingEvery, Duration.ofMinutes(3));
    }

    ApiFixture(Duration pingEvery, Duration idle) {
        this(pingEvery, idle, Duration.ofHours(8));
    }

    ApiFixture(Duration pingEvery, Duration idle, Duration viewIdle) {
        try {
            RecordCodec.install(vertx.eventBus(), Json.mapper());
            stateDir = Files.createTempDirectory("xcs-api");
            ApiConfig config = new ApiConfig("127.0.0.1", 0, MAX_BODY, MAX_VIEWERS, List.of("xen.example"));
            partsId = await(vertx.deployVerticle(parts));
            apiId = await(
                    vertx.deployVerticle(new ApiServer(config, PVGRUB, viewIdle, stateDir, meters, pingEvery, idle)));
            port = await(FetchApiAddress.ADDRESS.ask(vertx.eventBus(), new FetchApiAddress()))
                    .port();
            token = Files.readString(stateDir.resolve("admin.token")).strip();
            contract = ContractCheck.load(vertx);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("It did not come true in 20 s: " + what);
            }
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    /** With the token. */
    RawHttp.Response call(String method, String path, String... headers) {
        return send(method, path, "", withToken(headers));
    }

    RawHttp.Response call(String method, String path, JsonObject body) {
        return send(method, path, body.encode(), withToken());
    }

    RawHttp.Response post(String body) {
        return send("POST", "/v1/domains", body, withToken());
    }

    /** Exactly these headers; an empty value leaves one out. */
    RawHttp.Response send(String method, String path, String body, Map<String, String> headers) {
        RawHttp.Response response = RawHttp.send(port, method, path, headers, body.getBytes(StandardCharsets.UTF_8));
        contract.check(method, path, response.status(), response.headers(), response.body());
        return response;
    }

    Map<String, String> withToken(String... others) {
        Map<String, String> headers = headers(others);
        headers.put("Authorization", "Bearer " + token);
        return headers;
    }

    static Map<String, String> headers(String... nameValue) {
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < nameValue.length; i += 2) {
            headers.put(nameValue[i], nameValue[i + 1]);
        }
        return headers;
    }

    void stopParts() {
        await(vertx.undeploy(partsId));
    }

    void stopApi() {
        await(vertx.undeploy(apiId));
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
