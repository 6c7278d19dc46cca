package dev.xcs.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "events",
        description = {
            "Shows what has happened on the host, one line for each control message: time (UTC), sequence number, "
                    + "what, which domain (its domid), and what the message carries.",
            "",
            "Without --follow everything that the journal still has. With --json one message a line as the API gives it, "
                    + "and an object with \"record\":\"gap\" where some are lost. Control characters are escaped."
        },
        footer = {
            "  xcs events --since 10m --types SHUTDOWN,DOMAIN",
            "  xcs events --follow --domain web",
            "  xcs --json events --since 4711 | jq -r .subtype"
        })
final class EventsVerb extends Verb {
    @Mixin
    private final EventSelection selection = new EventSelection();

    @Override
    public Integer call() {
        Map<String, String> query = selection.query(daemon());
        MessageText text = new MessageText(json() ? object() : daemon().get("/v1/domains"));
        EventReader reader = new EventReader(daemon(), new MessagePrinter(this, message -> true, text::brief));
        if (selection.follows()) {
            reader.follow(query);
        } else {
            reader.readHistory(query);
        }
        return ExitCode.DONE;
    }
}
