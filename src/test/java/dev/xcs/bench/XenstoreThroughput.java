package dev.xcs.bench;

import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.xenstore.XenstoreClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Pipelined reads of one node by one verticle; prints {@code {"operations":..,"seconds":..}}. Arguments: socket, operations. */
public final class XenstoreThroughput {
    private static final int IN_FLIGHT = 128;
    private static final String PATH = "/tool/xcs-test/throughput";

    private final XenstoreClient client;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int unsent;
    private int unanswered;

    private XenstoreThroughput(XenstoreClient client, int operations) {
        this.client = client;
        this.unsent = operations;
        this.unanswered = operations;
    }

    public static void main(String[] arguments) throws Exception {
        int operations = Integer.parseInt(arguments[1]);
        Vertx vertx = Vertx.vertx();
        XenstoreClient client =
                new XenstoreClient(vertx, new XenstoreConfig(arguments[0], IN_FLIGHT), new SimpleMeterRegistry());
        await(client.start());
        await(client.write(PATH, "a value of an ordinary size"));
        // Once to warm up: what is measured is the client, not the compiler.
        measure(vertx, client, operations);
        double seconds = measure(vertx, client, operations);
        System.out.printf(Locale.ROOT, "{\"operations\":%d,\"seconds\":%.6f}%n", operations, seconds);
        await(client.remove("/tool/xcs-test"));
        await(client.close());
        await(vertx.close());
    }

    private static double measure(Vertx vertx, XenstoreClient client, int operations) throws Exception {
        XenstoreThroughput run = new XenstoreThroughput(client, operations);
        long begin = System.nanoTime();
        vertx.getOrCreateContext().runOnContext(turn -> {
            for (int i = 0; i < IN_FLIGHT; i++) {
                run.readNext();
            }
        });
        run.done.get(10, TimeUnit.MINUTES);
        return (System.nanoTime() - begin) / 1e9;
    }

    private void readNext() {
        if (unsent > 0) {
            unsent--;
            client.read(PATH).onSuccess(value -> answered()).onFailure(done::completeExceptionally);
        }
    }

    private void answered() {
        if (--unanswered == 0) {
            done.complete(null);
        }
        readNext();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
    }
}
