package dev.xcs.api;

import dev.xcs.model.Binding;
import dev.xcs.model.ControlType;
import dev.xcs.model.EventFilter;
import dev.xcs.model.Problem;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which events somebody asks for. */
record EventQuery(
        EventFilter filter, @Nullable Place since, @Nullable Place until, boolean follow) {
    private static final Pattern SEQUENCE = Pattern.compile("[0-9]{1,18}");
    private static final String PLACE_EXPECTED = "a sequence number, or a time as 2026-01-31T12:00:00Z";
    private static final int MAX_TYPES_CHARS = 1024;

    /** A place in the journal: a sequence number, or a time where there is none. */
    record Place(String name, long sequence, @Nullable Instant time) {}

    static EventQuery of(MultiMap parameters) {
        QueryFields fields = new QueryFields(parameters, Set.of("types", "domain", "since", "until", "follow"));
        UUID domain = ControlBody.domain(fields.text("domain", ControlBody::isDomain, ControlBody.DOMAIN_EXPECTED));
        return new EventQuery(
                new EventFilter(bindings(domain, fields.text("types", EventQuery::isTypes, expectedTypes()))),
                place(fields, "since"),
                place(fields, "until"),
                fields.flag("follow"));
    }

    private static String expectedTypes() {
        return "names with commas between, each " + ControlBody.TYPE_EXPECTED;
    }

    private static boolean isTypes(String text) {
        return text.length() <= MAX_TYPES_CHARS
                && List.of(text.split(",", -1)).stream().allMatch(ControlBody::isType);
    }

    private static List<Binding> bindings(@Nullable UUID domain, @Nullable String types) {
        List<Binding> bindings = new ArrayList<>();
        for (String each : types == null
                ? List.of(ShownBinding.ANY)
                : Stream.of(types.split(",")).distinct().toList()) {
            ControlType type = ControlBody.type(each);
            bindings.add(new Binding(domain, type));
        }
        return bindings;
    }

    private static @Nullable Place place(QueryFields fields, String name) {
        String text = fields.text(name, EventQuery::isPlace, PLACE_EXPECTED);
        return text == null ? null : place(name, text);
    }

    private static Place place(String name, String text) {
        return SEQUENCE.matcher(text).matches()
                ? new Place(name, Long.parseLong(text), null)
                : new Place(name, -1, OffsetDateTime.parse(text).toInstant());
    }

    private static boolean isPlace(String text) {
        try {
            place("", text);
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /** The header that an event source sends when it comes back; it wins over since. */
    EventQuery resumed(@Nullable String lastEventId) {
        if (lastEventId == null || lastEventId.isEmpty()) {
            return this;
        }
        return new EventQuery(filter, new Place("Last-Event-ID", lastEventId(lastEventId), null), until, follow);
    }

    static long lastEventId(String text) {
        if (!SEQUENCE.matcher(text).matches()) {
            throw Problem.invalidField("Last-Event-ID", text, "a sequence number")
                    .toException();
        }
        return Long.parseLong(text);
    }
}
