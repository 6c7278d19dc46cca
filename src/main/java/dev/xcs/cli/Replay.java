package dev.xcs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends the requests of a recording once more, at their old pace or one after the other; on a simulated host only. */
final class Replay {
    /** So many can wait for their answer at once at the old pace; more of them wait for their turn. */
    private static final int AT_ONCE = 16;

    private static final int DEADLINE_SECONDS = 60;
    private static final long MAX_REQUESTS = 1_000_000;

    private final Verb verb;
    private final Map<String, String> targets;
    private final boolean fast;
    private final Map<String, String> uuids = new HashMap<>();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    /** @param targets domains that stand for uuids of the recording */
    Replay(Verb verb, Map<String, String> targets, boolean fast) {
        this.verb = verb;
        this.targets = targets;
        this.fast = fast;
    }

    int run(String file) {
        List<JsonNode> requests = read(file);
        if (!verb.daemon().get("/v1/host").path("simulated").asBoolean(false)) {
            throw CommandFailure.of(ExitCode.REFUSED, "This host is real: nothing is replayed")
                    .because("a replay shuts down and shrinks guests; start a simulated host by scripts/run");
        }
        ExecutorService senders = Executors.newFixedThreadPool(fast ? 1 : AT_ONCE, task -> {
            Thread thread = new Thread(task, "xcs-replay");
            thread.setDaemon(true);
            return thread;
        });
        long start = System.nanoTime();
        for (JsonNode request : requests) {
            if (!fast) {
                await(start, between(requests.get(0), request));
            }
            ObjectNode body = body(request);
            senders.execute(() -> send(request, body));
        }
        senders.shutdown();
        awaitEnd(senders);
        verb.remark(requests.size() + " requests: " + done + " done, " + failed + " not");
        return failed.get() == 0 ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private static void await(long start, Duration offset) {
        Duration left = offset.minusNanos(System.nanoTime() - start);
        if (!left.isNegative()) {
            Deadline.pause(left);
        }
    }

    private static void awaitEnd(ExecutorService senders) {
        try {
            while (!senders.awaitTermination(1, TimeUnit.MINUTES)) {
                // Each has its deadline.
            }
        } catch (InterruptedException e) {
            senders.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void send(JsonNode request, ObjectNode body) {
        ObjectNode line = Verb.object().put("sequence", request.path("sequence").asLong());
        line.put("subtype", body.path("subtype").asText())
                .put("domain", body.path("domain").asText());
        try {
            JsonNode outcome = verb.daemon().post("/v1/requests", body, Duration.ofSeconds(DEADLINE_SECONDS + 30L));
            line.put("outcome", outcome.path("outcome").asText()).set("problem", outcome.path("problem"));
        } catch (CommandFailure failure) {
            line.put("outcome", "refused").set("problem", failure.problem());
        }
        print(line);
    }

    private synchronized void print(ObjectNode line) {
        boolean isDone = line.path("outcome").asText().equals("done");
        (isDone ? done : failed).incrementAndGet();
        if (!line.path("problem").isObject()) {
            line.remove("problem");
        }
        String words = line.path("sequence").asText() + "  "
                + line.path("subtype").asText() + "  "
                + line.path("domain").asText() + "  " + line.path("outcome").asText() + "  "
                + line.path("problem").path("detail").asText();
        verb.out().println(verb.json() ? Visible.json(line) : Visible.line(words.stripTrailing()));
    }

    private ObjectNode body(JsonNode request) {
        ObjectNode body = Verb.object()
                .put("domain", target(request.path("domain").asText()))
                .put("subtype", request.path("subtype").asText())
                .put("deadlineSeconds", DEADLINE_SECONDS)
                .put("requestor", "xcs dump --replay");
        if (request.has("payload")) {
            body.set("payload", request.path("payload"));
        }
        return body;
    }

    /** Looked up when it is first needed. */
    private String target(String uuid) {
        return uuids.computeIfAbsent(uuid, recorded -> {
            String path = verb.daemon().domainPath(targets.getOrDefault(recorded, recorded));
            return path.substring(path.lastIndexOf('/') + 1);
        });
    }

    private List<JsonNode> read(String file) {
        try (InputStream stream = file.equals("-") ? verb.around().in() : new FileInputStream(file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            List<JsonNode> requests = new ArrayList<>();
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode message = parse(line, file + ", line " + ++number);
                if (message.path("domain").isTextual() && MessageText.goesDown(message)) {
                    requests.add(message);
                }
                if (requests.size() > MAX_REQUESTS) {
                    throw CommandFailure.of(ExitCode.USAGE, file + " has more than " + MAX_REQUESTS + " requests");
                }
            }
            return requests;
        } catch (IOException e) {
            throw CommandFailure.of(ExitCode.USAGE, file + " cannot be read: " + e.getMessage());
        }
    }

    private static JsonNode parse(String line, String where) {
        try {
            JsonNode message = line.isBlank() ? Verb.object() : Daemon.JSON.readTree(line);
            if (message.isObject()) {
                return message;
            }
        } catch (JsonProcessingException e) {
            throw CommandFailure.of(ExitCode.USAGE, where + ": no JSON: " + e.getOriginalMessage());
        }
        throw CommandFailure.of(ExitCode.USAGE, where + ": expected a control message, as xcs --json dump writes them");
    }

    private static Duration between(JsonNode first, JsonNode later) {
        try {
            return Duration.between(
                    Instant.parse(first.path("time").asText()),
                    Instant.parse(later.path("time").asText()));
        } catch (DateTimeException e) {
            throw CommandFailure.of(
                    ExitCode.USAGE, "Message " + later.path("sequence").asText() + " has no time; replay it by --fast");
        }
    }
}
