package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "info",
        description = "Shows all that is known of one domain, or of the host when none is named.",
        footer = {"  xcs info", "  xcs info web"})
final class InfoVerb extends Verb {
    @Parameters(arity = "0..1", paramLabel = "DOMAIN", description = "A name, uuid or domid.")
    private @Nullable String domain;

    @Override
    public Integer call() {
        JsonNode shown = daemon().get(domain == null ? "/v1/host" : daemon().domainPath(domain));
        if (json()) {
            printJson(shown);
            return ExitCode.DONE;
        }
        int width = shown.properties().stream()
                .mapToInt(field -> field.getKey().length())
                .max()
                .orElse(0);
        shown.properties()
                .forEach(field -> out().println(String.format("%-" + (width + 1) + "s ", field.getKey() + ":")
                        + text(field.getValue())));
        return ExitCode.DONE;
    }

    private static String text(JsonNode value) {
        if (value.isArray()) {
            StringBuilder words = new StringBuilder();
            value.forEach(item -> words.append(words.isEmpty() ? "" : " ").append(text(item)));
            return words.toString();
        }
        return Visible.line(value.isValueNode() ? value.asText() : value.toString());
    }
}
