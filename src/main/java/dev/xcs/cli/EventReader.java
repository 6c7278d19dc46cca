package dev.xcs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads control messages: what the journal has as NDJSON, or what comes as SSE, resumed when the connection is lost. */
final class EventReader {
    /** How long a daemon that has gone may take to come back. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final Daemon daemon;
    private final Sink sink;
    /** The last sequence number that is done with; null until one is known. */
    private @Nullable String position;

    /** Where what is read goes. */
    interface Sink {
        void message(JsonNode message);

        void gap(JsonNode gap);

        void remark(String text);

        /** Whether nobody reads any more. */
        boolean isClosed();
    }

    EventReader(Daemon daemon, Sink sink) {
        this.daemon = daemon;
        this.sink = sink;
    }

    /** Everything up to now. */
    void readHistory(Map<String, String> query) {
        try (InputStream stream = daemon.stream("/v1/events" + Daemon.query(query), "application/x-ndjson", null)) {
            lines(stream, line -> record(parse(line)));
        } catch (IOException e) {
            throw daemon.unreachable(e);
        }
    }

    /** What comes, for ever; returns when nobody reads any more. */
    void follow(Map<String, String> query) {
        Deadline patience = Deadline.in(Duration.ZERO);
        while (!sink.isClosed()) {
            try (InputStream stream =
                    daemon.stream("/v1/events" + Daemon.query(query), "text/event-stream", position)) {
                patience = Deadline.in(PATIENCE);
                readEvents(stream);
                sink.remark("The daemon has ended the stream; trying to resume it");
            } catch (IOException e) {
                sink.remark("The connection is lost; trying to resume it");
            } catch (CommandFailure failure) {
                if (failure.exitCode() != ExitCode.UNREACHABLE || patience.isOver()) {
                    throw failure;
                }
            }
            patience = patience.isOver() ? Deadline.in(PATIENCE) : patience;
            Deadline.pause(BETWEEN_TRIES);
        }
    }

    private void readEvents(InputStream stream) throws IOException {
        StringBuilder data = new StringBuilder();
        String[] event = {""};
        lines(stream, line -> {
            if (line.startsWith("event:")) {
                event[0] = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                data.append(line.substring("data:".length()).strip());
            } else if (line.isEmpty() && !data.isEmpty()) {
                dispatch(event[0], data.toString());
                data.setLength(0);
                event[0] = "";
            }
        });
    }

    private void dispatch(String event, String data) {
        JsonNode value = parse(data);
        if (event.equals("filter") || event.equals("gap") || event.equals("end")) {
            record(((ObjectNode) value).put("record", event));
        } else {
            record(value);
        }
    }

    private void record(JsonNode value) {
        switch (value.path("record").asText()) {
            case "filter" -> {
                // What comes next is not done with yet.
                if (position == null && value.path("next").asLong() > 0) {
                    position = Long.toString(value.path("next").asLong() - 1);
                }
            }
            case "gap" -> {
                position = value.path("lostTo").asText(position);
                sink.gap(value);
            }
            case "end" ->
                sink.remark(
                        "The daemon ends the stream: " + value.path("reason").asText());
            case "heartbeat" -> {}
            default -> {
                position = value.path("sequence").asText(position);
                sink.message(value);
            }
        }
    }

    private void end(JsonNode end) {
        if (end.path("problem").isObject()) {
            throw CommandFailure.answered(0, end.path("problem"), false);
        }
        if (!end.path("reason").asText().equals("done")) {
            sink.remark("The daemon ends the stream: " + end.path("reason").asText());
        }
    }

    private void lines(InputStream stream, Consumer<String> use) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null && !sink.isClosed(); line = reader.readLine()) {
            use.accept(line);
        }
    }

    private static JsonNode parse(String line) {
        try {
            return line.isBlank() ? Verb.object().put("record", "heartbeat") : Daemon.JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw CommandFailure.of(ExitCode.REFUSED, "The daemon sent what is no JSON: " + line);
        }
    }
}
