package dev.xcs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "console-log",
        description = {
            "Prints what is kept of what a domain has printed: all of it, the last of it, or one boot. Reading takes"
                    + " nothing away.",
            "",
            "What is lost in the middle is left out. With --follow it goes on until the domain is gone, and losses are"
                    + " told."
        },
        footer = {
            "  xcs console-log --boot -1 web | tail    # how the boot before ended",
            "  xcs console-log --text --last 4096 web"
        })
final class ConsoleLogVerb extends Verb {
    @Parameters(index = "0", paramLabel = "DOMAIN", description = "A name, uuid or domid.")
    private String domain = "";

    @Mixin
    private ConsolePart part = new ConsolePart();

    @Option(names = "--text", description = "Without the control sequences of terminals.")
    private boolean text;

    @Option(names = "--follow", description = "Go on with what comes; the bytes as they are.")
    private boolean follow;

    @Override
    public Integer call() {
        String path = daemon().domainPath(domain) + "/console";
        Map<String, String> query = part.query();
        if (follow) {
            return follow(path, query);
        }
        if (text) {
            query.put("as", "text");
        }
        try (InputStream bytes = daemon().stream(path + "/log" + Daemon.query(query), "*/*", null)) {
            bytes.transferTo(out());
            out().flush();
            return ExitCode.DONE;
        } catch (IOException e) {
            throw daemon().unreachable(e);
        }
    }

    private int follow(String path, Map<String, String> query) {
        if (query.isEmpty()) {
            query.put("offset", "0");
        }
        try (ConsoleLink link = new ConsoleLink(out(), around().err(), false, ConsoleLink.Wish.LOOK)) {
            link.open(daemon(), path + Daemon.query(query));
            return link.awaitEnd(Duration.ZERO);
        }
    }
}
