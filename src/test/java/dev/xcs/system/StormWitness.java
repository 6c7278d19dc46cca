package dev.xcs.system;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.testing.SequenceReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads everything, all the time: knows what each message was about, and how late it came to somebody who keeps up. */
final class StormWitness implements SequenceReader.Taker {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record About(String domain, String type) {}

    private final Map<About, BitSet> sequences = new HashMap<>();
    private final List<Long> lagsMillis = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private long last;

    /** @param after the newest sequence number before it begins */
    StormWitness(long after) {
        last = after;
    }

    @Override
    public synchronized void message(long sequence, String record) {
        if (sequence != last + 1) {
            wrong.add(sequence + " after " + last);
        }
        last = sequence;
        JsonNode message = read(record);
        About about =
                new About(message.path("domain").asText(), message.path("type").asText());
        sequences.computeIfAbsent(about, unknown -> new BitSet()).set(Math.toIntExact(sequence));
        Instant time = Instant.parse(message.path("time").asText());
        lagsMillis.add(Duration.between(time, Instant.now()).toMillis());
    }

    private static JsonNode read(String record) {
        try {
            return JSON.readTree(record).path("message");
        } catch (JsonProcessingException notJson) {
            throw new AssertionError(notJson);
        }
    }

    @Override
    public synchronized void other(JsonNode record) {
        String kind = record.path("record").asText();
        if (!kind.equals("filter") && !kind.equals("heartbeat")) {
            wrong.add(record.toString());
        }
    }

    @Override
    public synchronized void gone(String why) {
        wrong.add(why + " after " + last);
    }

    synchronized long last() {
        return last;
    }

    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** The sequence numbers of all that a tool has bound. */
    synchronized BitSet wantedBy(StormTool tool) {
        BitSet wanted = new BitSet();
        sequences.forEach((about, which) -> {
            if (tool.wants(about.domain, about.type)) {
                wanted.or(which);
            }
        });
        return wanted;
    }

    synchronized long lagMillis(double part) {
        List<Long> sorted = lagsMillis.stream().sorted().toList();
        return sorted.get(Math.max(0, (int) Math.ceil(part * sorted.size()) - 1));
    }
}
