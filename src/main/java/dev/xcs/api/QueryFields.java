package dev.xcs.api;

import dev.xcs.model.Problem;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The parameters of a query, each given at most once. */
final class QueryFields {
    private final MultiMap parameters;

    /** Refuses every parameter that is not known. */
    QueryFields(MultiMap parameters, Set<String> known) {
        this.parameters = parameters;
        for (String name : parameters.names()) {
            if (!known.contains(name)) {
                throw Problem.invalidField(
                                name,
                                parameters.get(name),
                                "no such parameter, but " + String.join(", ", new TreeSet<>(known)))
                        .toException();
            }
        }
    }

    @Nullable
    String text(String name, Predicate<String> check, String expected) {
        List<String> values = parameters.getAll(name);
        if (values.isEmpty()) {
            return null;
        }
        if (values.size() > 1 || !check.test(values.get(0))) {
            String given = values.size() > 1 ? String.join(" and ", values) : values.get(0);
            throw Problem.invalidField(name, given, values.size() > 1 ? "it once" : expected)
                    .toException();
        }
        return values.get(0);
    }

    boolean flag(String name) {
        String value = text(name, text -> text.equals("true") || text.equals("false"), "true or false");
        return value != null && value.equals("true");
    }
}
