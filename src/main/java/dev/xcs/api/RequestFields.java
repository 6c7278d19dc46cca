package dev.xcs.api;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object in a request. Every error is kept, with field, value and expectation, and all are told at once by
 * {@link #finish}; until then a wrong field reads as its fallback.
 */
final class RequestFields {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    /** How Jackson writes a place within a message. */
    private static final Pattern SOURCE = Pattern.compile("\\[Source: .*?; line: (\\d+), column: (\\d+)]");

    /** Where Jackson tells of its own classes and settings, which say nothing to who wrote the body. */
    private static final Pattern INTERNALS =
            Pattern.compile(" \\(bound as .*|, from `[^`]*`|: enable `[^`]*` to allow");

    private static final int ERRORS_SHOWN = 10;

    private final JsonNode object;
    private final TreeSet<String> known = new TreeSet<>();
    private final List<Problem> errors;
    private final String prefix;
    /** How many there were before this object. */
    private final int earlier;

    private RequestFields(JsonNode object, List<Problem> errors, String prefix) {
        this.object = object;
        this.errors = errors;
        this.prefix = prefix;
        this.earlier = errors.size();
    }

    /** The fields of an object within another, whose errors are told with those of the outer one. */
    static RequestFields within(JsonNode object, RequestFields outer, String prefix) {
        return new RequestFields(object, outer.errors, prefix);
    }

    static RequestFields of(Buffer body) {
        JsonNode node = parse(body);
        if (!node.isObject()) {
            throw malformed("Body: " + (node.isMissingNode() ? "nothing" : shown(node)) + ", expected a JSON object");
        }
        return new RequestFields(node, new ArrayList<>(), "");
    }

    private static JsonNode parse(Buffer body) {
        try {
            return MAPPER.readTree(body.getBytes());
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw malformed("Body: not JSON" + where + ": " + plain(e.getOriginalMessage()));
        } catch (IOException e) {
            throw malformed("Body: not JSON: " + e.getMessage());
        }
    }

    private static String plain(String message) {
        return INTERNALS
                .matcher(SOURCE.matcher(message).replaceAll("line $1, column $2"))
                .replaceAll("");
    }

    /** A text that the check accepts. */
    @Nullable
    String text(String field, Predicate<String> check, String expected) {
        JsonNode value = take(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual() || !check.test(value.textValue())) {
            refuse(field, value, expected);
            return null;
        }
        return value.textValue();
    }

    /** As {@link #text}, where null may be said too. */
    @Nullable
    String textOrNull(String field, Predicate<String> check, String expected) {
        return isNull(field) ? null : text(field, check, expected);
    }

    /** A text that the reader makes a value of, or refuses with a problem that says what was expected. */
    <T> @Nullable T value(String field, Function<String, T> reader, String expected) {
        String text = text(field, given -> true, expected);
        return text == null ? null : read(field, text, reader);
    }

    /** An array of texts, each read as {@link #value} does; empty where it is not given. */
    <T> List<T> values(String field, int max, Function<String, T> reader, String expected) {
        List<T> read = new ArrayList<>();
        JsonNode given = array(field, max, "texts, each " + expected);
        for (int i = 0; i < given.size(); i++) {
            Optional.ofNullable(read(field + "[" + i + "]", given.get(i), reader, expected))
                    .ifPresent(read::add);
        }
        return read;
    }

    /** An object of texts by names, each text read as {@link #value} does; empty where it is not given. */
    <T> Map<String, T> named(String field, int max, Function<String, T> reader, String expected) {
        Map<String, T> read = new TreeMap<>();
        JsonNode given = take(field);
        if (given != null && (!given.isObject() || given.size() > max)) {
            refuse(field, given, "an object of at most " + max + " names, each with " + expected);
        } else if (given != null) {
            given.properties().forEach(entry -> {
                String place = field + "." + Problem.printable(entry.getKey());
                Optional.ofNullable(read(place, entry.getValue(), reader, expected))
                        .ifPresent(value -> read.put(entry.getKey(), value));
            });
        }
        return read;
    }

    private <T> @Nullable T read(String place, JsonNode given, Function<String, T> reader, String expected) {
        if (given.isTextual()) {
            return read(place, given.textValue(), reader);
        }
        refuse(place, given, expected);
        return null;
    }

    private <T> @Nullable T read(String place, String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (ProblemException e) {
            errors.add(e.problem().atField(prefix + place));
            return null;
        }
    }

    /** One of a few words. */
    <E> @Nullable E choice(String field, E[] values, Function<E, String> json) {
        List<String> names = Arrays.stream(values).map(json).toList();
        String text = text(field, names::contains, DomainRequest.oneOf(names));
        return Arrays.stream(values)
                .filter(value -> json.apply(value).equals(text))
                .findFirst()
                .orElse(null);
    }

    @Nullable
    Integer intOrNull(String field, int min, int max) {
        Long value = longOrNull(field, min, max);
        return value == null ? null : Integer.valueOf(Math.toIntExact(value));
    }

    @Nullable
    Long longOrNull(String field, long min, long max) {
        JsonNode value = take(field);
        if (value == null) {
            return null;
        }
        if (value.isIntegralNumber()
                && value.canConvertToLong()
                && value.longValue() >= min
                && value.longValue() <= max) {
            return value.longValue();
        }
        refuse(field, value, "a whole number from " + min + " to " + max);
        return null;
    }

    String requiredText(String field, Predicate<String> check, String expected) {
        require(field, expected);
        String value = text(field, check, expected);
        return value == null ? "" : value;
    }

    int requiredInt(String field, int min, int max, String unit) {
        String expected = "a whole number" + unit + " from " + min + " to " + max;
        require(field, expected);
        JsonNode value = take(field);
        if (value == null) {
            return min;
        }
        boolean good = value.isIntegralNumber()
                && value.canConvertToInt()
                && value.intValue() >= min
                && value.intValue() <= max;
        if (!good) {
            refuse(field, value, expected);
        }
        return good ? value.intValue() : min;
    }

    int intOr(String field, int min, int max, int fallback) {
        return object.has(field) ? requiredInt(field, min, max, "") : fallback;
    }

    /** The value as it is, for who looks into it and refuses it by {@link #refuse}. */
    @Nullable
    JsonNode node(String field) {
        return take(field);
    }

    /** An array of objects, each read by {@code reader}; more than {@code max} are refused at once. */
    <T> List<T> objects(String field, int max, String expected, Function<RequestFields, T> reader) {
        JsonNode given = array(field, max, expected);
        List<T> read = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            String place = field + "[" + i + "]";
            if (given.get(i).isObject()) {
                RequestFields inner = within(given.get(i), this, prefix + place + ".");
                read.add(reader.apply(inner));
                inner.check();
            } else {
                refuse(place, given.get(i), expected);
            }
        }
        return read;
    }

    /** Empty where there is none. */
    private JsonNode array(String field, int max, String expected) {
        JsonNode given = take(field);
        if (given == null) {
            return MissingNode.getInstance();
        }
        if (!given.isArray()) {
            refuse(field, given, "an array of " + expected);
            return MissingNode.getInstance();
        }
        if (given.size() > max) {
            throw Problem.invalidField(prefix + field, given.size() + " " + field, "at most " + max)
                    .toException();
        }
        return given;
    }

    /** A problem that something else has found with what was read here. */
    void refuse(Problem problem) {
        errors.add(problem.within(prefix));
    }

    /** Whether nothing in this object was wrong so far. */
    boolean isGood() {
        return errors.size() == earlier;
    }

    /** Whether null is said, where that means something. */
    boolean isNull(String field) {
        known.add(field);
        return object.path(field).isNull();
    }

    boolean has(String field) {
        return object.has(field);
    }

    @Nullable
    Boolean flagOrNull(String field) {
        return isNull(field) || !object.has(field) ? null : Boolean.valueOf(flag(field));
    }

    boolean flag(String field) {
        JsonNode value = take(field);
        if (value != null && !value.isBoolean()) {
            refuse(field, value, "true or false");
        }
        return value != null && value.booleanValue();
    }

    /** Throws the problem with everything that was wrong, unknown fields included. */
    void finish() {
        check();
        if (!errors.isEmpty()) {
            throw together().toException();
        }
    }

    /** Notes the unknown fields; throws nothing. */
    void check() {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                errors.add(Problem.of(
                                ProblemType.INVALID_FIELD,
                                Problem.quote(prefix + name) + ": unknown field, expected one of "
                                        + String.join(", ", known))
                        .withField(Problem.printable(prefix + name)));
            }
        }
    }

    private Problem together() {
        String details =
                errors.stream().limit(ERRORS_SHOWN).map(Problem::detail).collect(Collectors.joining("; "));
        String more = errors.size() > ERRORS_SHOWN ? "; and " + (errors.size() - ERRORS_SHOWN) + " more" : "";
        String first = errors.get(0).field();
        Problem all = Problem.of(ProblemType.INVALID_FIELD, details + more);
        return first == null ? all : all.withField(first);
    }

    void require(String field, String expected) {
        if (!object.has(field)) {
            errors.add(Problem.invalidField(prefix + field, null, expected));
        }
    }

    private @Nullable JsonNode take(String field) {
        known.add(field);
        return object.get(field);
    }

    void refuse(String field, JsonNode value, String expected) {
        errors.add(
                Problem.of(ProblemType.INVALID_FIELD, prefix + field + ": " + shown(value) + ", expected " + expected)
                        .withField(prefix + field));
    }

    private static String shown(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case STRING -> Problem.quote(value.textValue());
            default -> cut(value.asText(), 40);
        };
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }

    private static ProblemException malformed(String detail) {
        return Problem.of(ProblemType.MALFORMED, detail).toException();
    }
}
