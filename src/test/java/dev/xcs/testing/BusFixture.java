package dev.xcs.testing;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.bus.Json;
import dev.xcs.bus.RecordCodec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real Vert.x with the messages' codec, and a test thread that waits for what it asks. */
public final class BusFixture implements AutoCloseable {
    private static final int DEADLINE_SECONDS = 60;

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    public BusFixture() {
        RecordCodec.install(vertx.eventBus(), Json.mapper());
    }

    public Vertx vertx() {
        return vertx;
    }

    public EventBus bus() {
        return vertx.eventBus();
    }

    public SimpleMeterRegistry metrics() {
        return metrics;
    }

    public String deploy(Deployable verticle) {
        return await(vertx.deployVerticle(verticle));
    }

    public <Q extends BusMessage, R extends BusMessage> R ask(Address<Q, R> address, Q question) {
        return await(address.ask(bus(), question));
    }

    public <Q extends BusMessage, R extends BusMessage> Problem refused(Address<Q, R> address, Q question) {
        try {
            throw new AssertionError("Expected a problem and got " + ask(address, question));
        } catch (ProblemException refused) {
            return refused.problem();
        }
    }

    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ProblemException problem) {
                throw problem;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (TimeoutException e) {
            throw new AssertionError("No answer within " + DEADLINE_SECONDS + " s", e);
        }
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
