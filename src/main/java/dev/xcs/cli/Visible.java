package dev.xcs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;

/** Text from guests and other tools made safe for a terminal: nothing that steers it gets through. */
final class Visible {
    /** Escapes all that is not ASCII, so that no control character of any kind is printed. */
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private Visible() {}

    /** One line: control and formatting characters, line breaks too, become {@code \}{@code uXXXX}. */
    static String line(String text) {
        return escape(text, false);
    }

    /** Many lines: line breaks and tabs stay. */
    static String lines(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean keepLayout) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (keepLayout && (c == '\n' || c == '\t')) {
                out.appendCodePoint(c);
            } else if (isHarmless(c)) {
                out.appendCodePoint(c);
            } else {
                out.append(String.format("\\u%04x", c));
            }
        });
        return out.toString();
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            // Format: among others those that turn the direction of writing.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** JSON in one line. */
    static String json(JsonNode value) {
        return write(value, false);
    }

    /** JSON for people, indented. */
    static String prettyJson(JsonNode value) {
        return write(value, true);
    }

    private static String write(JsonNode value, boolean pretty) {
        DefaultPrettyPrinter layout = new DefaultPrettyPrinter()
                .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                .withArrayIndenter(new DefaultIndenter("  ", "\n"));
        try {
            String text = pretty ? MAPPER.writer(layout).writeValueAsString(value) : MAPPER.writeValueAsString(value);
            // The one control character that JSON lets through; it can only be in a string.
            return text.replace("\u007f", "\\u007f");
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
