package dev.xcs.cli;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which part of a console is wanted. */
final class ConsolePart {
    @Option(names = "--offset", paramLabel = "N", description = "Begin with byte N of all that the domain has printed.")
    private @Nullable Long offset;

    @Option(names = "--last", paramLabel = "N", description = "Begin with the last N bytes.")
    private @Nullable Long last;

    @Option(
            names = "--boot",
            paramLabel = "K",
            description = "Begin with boot K; 0 is the newest, -1 the one before it.")
    private @Nullable Integer boot;

    /** As the API takes it. */
    Map<String, String> query() {
        Map<String, String> query = new HashMap<>();
        put(query, "offset", offset);
        put(query, "last", last);
        put(query, "boot", boot);
        return query;
    }

    private static void put(Map<String, String> query, String name, @Nullable Object value) {
        if (value != null) {
            query.put(name, value.toString());
        }
    }
}
