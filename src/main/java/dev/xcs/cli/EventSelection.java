package dev.xcs.cli;

import dev.xcs.model.ControlType;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which control messages are wanted, as options. */
final class EventSelection {
    private static final Pattern AGO = Pattern.compile("([0-9]{1,9})([smhd])");
    private static final Pattern SEQUENCE = Pattern.compile("[0-9]{1,18}");

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description =
                    "What comes after it: a sequence number, a time (2026-01-31T12:00:00Z) or so long ago (10m, 2h).")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "WHEN", description = "What comes up to it; not with --follow.")
    private @Nullable String until;

    @Option(
            names = "--types",
            split = ",",
            paramLabel = "TYPE",
            description = "Only these types, by comma: ${COMPLETION-CANDIDATES}.")
    private List<ControlType> types = List.of();

    @Option(names = "--domain", paramLabel = "DOMAIN", description = "Only what is about this domain.")
    private @Nullable String domain;

    @Option(
            names = {"-F", "--follow"},
            description =
                    "Go on with what comes, until Ctrl-C; without --since only that. A daemon that restarts is waited for.")
    private boolean follow;

    boolean follows() {
        return follow;
    }

    /** The query of {@code GET /v1/events}. */
    Map<String, String> query(Daemon daemon) {
        if (follow && until != null) {
            throw CommandFailure.of(ExitCode.USAGE, "--follow has no end, so it does not go with --until");
        }
        Map<String, String> query = new HashMap<>();
        if (!types.isEmpty()) {
            query.put("types", types.stream().map(ControlType::name).collect(Collectors.joining(",")));
        }
        if (domain != null) {
            String path = daemon.domainPath(domain);
            query.put("domain", path.substring(path.lastIndexOf('/') + 1));
        }
        if (since != null) {
            query.put("since", point("--since", since));
        }
        if (until != null) {
            query.put("until", point("--until", until));
        }
        return query;
    }

    private static String point(String option, String text) {
        Matcher ago = AGO.matcher(text.toLowerCase(Locale.ROOT));
        if (ago.matches()) {
            return Instant.now()
                    .minus(Duration.of(Long.parseLong(ago.group(1)), unit(ago.group(2))))
                    .toString();
        }
        if (SEQUENCE.matcher(text).matches()) {
            return text;
        }
        try {
            return Instant.parse(text).toString();
        } catch (DateTimeParseException e) {
            throw CommandFailure.of(
                    ExitCode.USAGE,
                    option + " is \"" + Visible.line(text)
                            + "\", expected a sequence number, a time as 2026-01-31T12:00:00Z or an age as 10m");
        }
    }

    private static ChronoUnit unit(String letter) {
        return switch (letter) {
            case "s" -> ChronoUnit.SECONDS;
            case "m" -> ChronoUnit.MINUTES;
            case "h" -> ChronoUnit.HOURS;
            default -> ChronoUnit.DAYS;
        };
    }
}
