package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "dump",
        description = {
            "Shows control messages decoded, with all that they have: time (UTC), sequence number, direction "
                    + "(-> to the domain, <- from it), type and subtype with the numbers of the classic control interface, domain, payload, "
                    + "correlation and requestor.",
            "",
            "--replay sends the requests of a file, as --json writes it, once more, in their order. It does so on a simulated "
                    + "host only. Requests for domains that have another uuid there are led to them by --map."
        },
        footer = {
            "  xcs dump --since 1h --direction down",
            "  xcs --json dump > storm.ndjson",
            "  xcs dump --replay storm.ndjson --fast --map 5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11=web"
        })
final class DumpVerb extends Verb {
    /** Which way a message went. */
    enum Direction {
        up,
        down,
        both
    }

    @Mixin
    private final EventSelection selection = new EventSelection();

    @Option(
            names = "--direction",
            paramLabel = "WAY",
            defaultValue = "both",
            description = "Only those to domains (down) or from them (up): ${COMPLETION-CANDIDATES}.")
    private Direction direction = Direction.both;

    @Option(names = "--replay", paramLabel = "FILE", description = "Send the requests of FILE; - is standard input.")
    private @Nullable String replay;

    @Option(
            names = "--fast",
            description = "Replay without the pauses between them, each after the answer to the one before.")
    private boolean fast;

    @Option(
            names = "--map",
            paramLabel = "UUID=DOMAIN",
            description = "Replay what was for UUID to DOMAIN. May be given more than once.")
    private Map<String, String> map = new HashMap<>();

    @Override
    public Integer call() {
        if (replay != null) {
            return new Replay(this, map, fast).run(replay);
        }
        Map<String, String> query = selection.query(daemon());
        MessageText text = new MessageText(json() ? object() : daemon().get("/v1/domains"));
        EventReader reader = new EventReader(daemon(), new MessagePrinter(this, this::isWanted, text::full));
        if (selection.follows()) {
            reader.follow(query);
        } else {
            reader.readHistory(query);
        }
        return ExitCode.DONE;
    }

    private boolean isWanted(JsonNode message) {
        return switch (direction) {
            case both -> true;
            case down -> MessageText.goesDown(message);
            case up -> !MessageText.goesDown(message);
        };
    }
}
