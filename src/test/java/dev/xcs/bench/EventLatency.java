package dev.xcs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.DeviceStorm;
import dev.xcs.testing.EventSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * How long an event takes from the simulated host to a websocket of another process, at a steady rate. The clock runs from when a device's
 * step was due to be written to xenstored to when the frame that tells of it has been read: so the write, xenstored, the watch, the switch,
 * the journal and the stream are all in it, and also what waits because something before it was slow. A message that does not come counts as
 * the longest. Prints {@code event-latency ours MILLISECONDS} (the 99th percentile) for each round. Arguments: the state directory of a
 * daemon on the simulated host, rounds, seconds of each, messages a second.
 */
public final class EventLatency {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int GUESTS = 100;
    /** Longer is lost. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final DeviceStorm storm;
    private final EventSocket stream;
    private final int perSecond;
    private long next;

    private EventLatency(DeviceStorm storm, EventSocket stream, int perSecond) {
        this.storm = storm;
        this.stream = stream;
        this.perSecond = perSecond;
    }

    public static void main(String[] arguments) throws Exception {
        Path state = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        int seconds = Integer.parseInt(arguments[2]);
        int perSecond = Integer.parseInt(arguments[3]);
        URI address = URI.create(Files.readAllLines(state.resolve("endpoints")).stream()
                .filter(line -> line.startsWith("api="))
                .findFirst()
                .orElseThrow()
                .substring("api=".length()));
        String token = Files.readString(state.resolve("admin.token")).strip();
        List<Integer> domids = guests(new ApiClient(address, token));
        try (DeviceStorm storm = new DeviceStorm(state.resolve("xenstored.sock"), domids);
                EventSocket stream = new EventSocket(address, "/v1/events?types=BLKIF_BE", token)) {
            EventLatency bench = new EventLatency(storm, stream, perSecond);
            // A daemon that has run: what is measured is not the compiler.
            bench.round(Math.max(seconds, 15), "warm-up");
            for (int round = 1; round <= rounds; round++) {
                double p99 = bench.round(seconds, "round " + round);
                System.out.printf(Locale.ROOT, "event-latency\tours\t%.3f%n", p99);
            }
        }
    }

    private static List<Integer> guests(ApiClient api) {
        List<Integer> domids = new ArrayList<>();
        for (int i = 0; i < GUESTS; i++) {
            String uuid = api.create(Map.of("name", "guest" + i, "memoryMib", 32, "vcpus", 1, "kernel", "sim:linux"));
            domids.add(api.get("/v1/domains/" + uuid).body().path("domid").asInt());
        }
        return domids;
    }

    /** One window; gives the 99th percentile in milliseconds. */
    private double round(int seconds, String name) throws Exception {
        int count = seconds * perSecond;
        long from = next;
        next += count;
        long[] latencies = new long[count];
        Arrays.fill(latencies, Long.MAX_VALUE);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> run(from, from + count));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds) + PATIENCE_NANOS;
        int received = 0;
        while (received < count && System.nanoTime() < end) {
            received += receive(from, latencies);
        }
        writer.get();
        Arrays.sort(latencies);
        System.err.printf(
                Locale.ROOT,
                "%s: %d of %d messages in %d s; ms: p50 %.2f, p90 %.2f, p99 %.2f, p99.9 %.2f, max %.2f%n",
                name,
                received,
                count,
                seconds,
                millis(latencies, 0.5),
                millis(latencies, 0.9),
                millis(latencies, 0.99),
                millis(latencies, 0.999),
                millis(latencies, 1));
        return millis(latencies, 0.99);
    }

    private void run(long from, long to) {
        try {
            storm.run(from, to, perSecond);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Reads one record and answers how many of the round's messages it was. */
    private int receive(long from, long[] latencies) throws IOException {
        byte[] record = stream.next();
        long now = System.nanoTime();
        JsonNode message = JSON.readTree(record).path("message");
        if (message.isMissingNode()) {
            return 0;
        }
        JsonNode payload = message.path("payload");
        int domid = message.path("domid").asInt();
        int device = payload.path("handle").asInt();
        int state = payload.path("xenbusState").asInt();
        int index = (int) (storm.step(domid, device, state) - from);
        if (index < 0 || latencies[index] != Long.MAX_VALUE) {
            return 0;
        }
        latencies[index] = now - storm.dueNanos(domid, device, state);
        return 1;
    }

    private static double millis(long[] sorted, double part) {
        int index = (int) Math.ceil(part * sorted.length) - 1;
        return sorted[Math.max(0, index)] / 1e6;
    }
}
