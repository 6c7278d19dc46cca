package dev.xcs.xenstore;

import dev.xcs.config.DaemonConfig.XenstoreConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Reads of one node, pipelined by one verticle, against Xen's own C client reading the same node in a loop of one process
 * ({@code xenstore-read} with that many paths), on the same C xenstored, in turn. Prints a line {@code row side value} for each
 * round. Argument: rounds.
 */
public final class XenstoreThroughput {
    private static final int IN_FLIGHT = 128;
    private static final int OPERATIONS = 20_000;
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
        int rounds = Integer.parseInt(arguments[0]);
        Path directory = Files.createTempDirectory("xcs-bench");
        Vertx vertx = Vertx.vertx();
        try (DebianXenstored xenstored = new DebianXenstored(directory)) {
            XenstoreClient client = new XenstoreClient(
                    vertx, new XenstoreConfig(xenstored.socket().toString(), IN_FLIGHT), new SimpleMeterRegistry());
            await(client.start());
            await(client.write(PATH, "a value of an ordinary size"));
            // Once to warm up: what is measured is the client, not the compiler.
            measure(vertx, client, OPERATIONS);
            for (int round = 0; round < rounds; round++) {
                print("ours", OPERATIONS / measure(vertx, client, OPERATIONS));
                print("theirs", OPERATIONS / theirs(xenstored.socket()));
            }
            await(client.close());
        }
        await(vertx.close());
    }

    private static void print(String side, double perSecond) {
        System.out.printf(Locale.ROOT, "xenstore-operations\t%s\t%.0f%n", side, perSecond);
    }

    private static double theirs(Path socket) throws Exception {
        List<String> command = new ArrayList<>(Collections.nCopies(OPERATIONS + 2, PATH));
        command.set(0, "xenstore-read");
        command.set(1, "-s");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("XENSTORED_PATH", socket.toString());
        long begin = System.nanoTime();
        int exit = builder.start().waitFor();
        if (exit != 0) {
            throw new AssertionError("xenstore-read ended with " + exit);
        }
        return (System.nanoTime() - begin) / 1e9;
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
