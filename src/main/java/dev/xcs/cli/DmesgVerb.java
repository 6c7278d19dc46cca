package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "dmesg",
        description = "Shows the hypervisor's own log, as far back as it is kept.",
        footer = {"  xcs dmesg", "  xcs dmesg --follow | grep 'd3v'"})
final class DmesgVerb extends Verb {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @Option(
            names = {"-F", "--follow"},
            description = "Go on with what comes, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--since", paramLabel = "OFFSET", description = "Only what follows this byte of the log.")
    private @Nullable Long since;

    @Override
    public Integer call() {
        long next = show(since == null ? "" : "?since=" + since);
        while (follow && !out().checkError()) {
            Deadline.pause(INTERVAL);
            next = show("?since=" + next);
        }
        return ExitCode.DONE;
    }

    private long show(String query) {
        JsonNode part = daemon().get("/v1/host/console" + query);
        String text = part.path("text").asText();
        if (json() && (!follow || !text.isEmpty())) {
            out().println(Visible.json(part));
        } else if (!json()) {
            out().print(Visible.lines(text));
            out().flush();
        }
        return part.path("next").asLong();
    }
}
