package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;

/** Control messages in words. Learns the names of domains by the way. */
final class MessageText {
    /** From here subtypes come from a domain; those below go to one. */
    private static final int FROM_DOMAIN = 32;

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter FULL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final Map<String, String> names = new HashMap<>();

    /** @param domains as the API lists them */
    MessageText(JsonNode domains) {
        domains.forEach(domain ->
                names.put(domain.path("uuid").asText(), domain.path("name").asText()));
    }

    static boolean goesDown(JsonNode message) {
        return message.path("subtypeNumber").asInt(FROM_DOMAIN) < FROM_DOMAIN;
    }

    /** Time, sequence number, what, about whom, and what it carries. */
    String brief(JsonNode message) {
        return line(time(message, CLOCK), message, message.path("subtype").asText(), payload(message));
    }

    /** The same with everything that the message has. */
    String full(JsonNode message) {
        StringJoiner more = new StringJoiner(" ");
        add(more, payload(message));
        add(more, message.has("domain") ? "uuid=" + message.path("domain").asText() : "");
        add(more, message.has("correlation") ? "correlation=" + quoted(message.path("correlation")) : "");
        add(more, message.has("requestor") ? "by=" + quoted(message.path("requestor")) : "");
        String what = (goesDown(message) ? "-> " : "<- ") + numbered(message);
        return line(time(message, FULL), message, what, more.toString());
    }

    /** Both halves of the subtype with the numbers of the classic interface. */
    private static String numbered(JsonNode message) {
        String[] parts = message.path("subtype").asText().split("\\.", 2);
        return parts.length < 2
                ? parts[0]
                : parts[0] + "(" + message.path("typeNumber").asText() + ")." + parts[1] + "("
                        + message.path("subtypeNumber").asText() + ")";
    }

    private String line(String time, JsonNode message, String what, String more) {
        String start = String.format("%s %8s  ", time, message.path("sequence").asText());
        return Visible.line((start + what + "  " + about(message) + "  " + more).stripTrailing());
    }

    private String about(JsonNode message) {
        if (!message.has("domain")) {
            return "host";
        }
        String uuid = message.path("domain").asText();
        if (message.path("payload").path("name").isTextual()
                && message.path("payload").path("kind").asText().equals("lifecycle")) {
            names.put(uuid, message.path("payload").path("name").asText());
        }
        int domid = message.path("domid").asInt(-1);
        return names.getOrDefault(uuid, uuid) + (domid < 0 ? "" : "(" + domid + ")");
    }

    private static String payload(JsonNode message) {
        StringJoiner words = new StringJoiner(" ");
        message.path("payload").properties().forEach(field -> {
            if (!field.getKey().equals("kind")) {
                words.add(field.getKey() + "=" + quoted(field.getValue()));
            }
        });
        return words.toString();
    }

    /** A word as it is, everything else as JSON, so that fields cannot be feigned. */
    private static String quoted(JsonNode value) {
        return value.isTextual() && !value.asText().matches("[A-Za-z0-9_.:/@+-]+")
                ? value.toString()
                : value.asText(value.toString());
    }

    private static void add(StringJoiner words, String word) {
        if (!word.isEmpty()) {
            words.add(word);
        }
    }

    private static String time(JsonNode message, DateTimeFormatter form) {
        String text = message.path("time").asText();
        try {
            return form.format(Instant.parse(text));
        } catch (java.time.DateTimeException e) {
            return text;
        }
    }
}
