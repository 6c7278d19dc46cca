package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Function;
import java.util.function.Predicate;

/** Prints control messages as they are read: one line each, or NDJSON. */
final class MessagePrinter implements EventReader.Sink {
    private final Verb verb;
    private final Predicate<JsonNode> wanted;
    private final Function<JsonNode, String> words;

    MessagePrinter(Verb verb, Predicate<JsonNode> wanted, Function<JsonNode, String> words) {
        this.verb = verb;
        this.wanted = wanted;
        this.words = words;
    }

    @Override
    public void message(JsonNode message) {
        if (wanted.test(message)) {
            verb.out().println(verb.json() ? Visible.json(message) : words.apply(message));
        }
    }

    /** In the output too, where a program reads it: what is missing is part of what there is. */
    @Override
    public void gap(JsonNode gap) {
        if (verb.json()) {
            verb.out().println(Visible.json(gap));
        }
        remark("Messages " + gap.path("lostFrom").asText() + " to "
                + gap.path("lostTo").asText() + " are lost; xcs list says how things are now");
    }

    @Override
    public void remark(String text) {
        verb.remark(text);
    }

    @Override
    public boolean isClosed() {
        return verb.out().checkError();
    }
}
