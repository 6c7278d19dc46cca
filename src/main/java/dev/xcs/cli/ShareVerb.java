package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "share",
        description = {
            "Gives out a link that opens a domain's console to whoever has it, and nothing else: to look at, unless"
                    + " --write is said. It is told once, is good for so many uses and so long, and can be taken back.",
            "",
            "Each issue, use, refusal and revocation is an event (CONSOLE.SHARE_...)."
        },
        footer = {
            "  xcs share web",
            "  xcs share --write --uses 3 --minutes 30 web",
            "  xcs share --list web",
            "  xcs share --revoke ID web"
        })
final class ShareVerb extends Verb {
    @Parameters(index = "0", paramLabel = "DOMAIN", description = "A name, uuid or domid.")
    private String domain = "";

    @Option(names = "--write", description = "Who comes by it may also write.")
    private boolean write;

    @Option(
            names = "--uses",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often it may be used. Default: 1.")
    private int uses;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "60",
            description = "How long it is good, and who came by it may stay. Default: 60.")
    private int minutes;

    @Option(names = "--list", description = "List the links that were given out.")
    private boolean list;

    @Option(names = "--revoke", paramLabel = "ID", description = "Take a link back; who came by it is sent away.")
    private String revoked = "";

    @Override
    public Integer call() {
        String path = daemon().domainPath(domain) + "/console/shares";
        if (list) {
            return list(daemon().get(path));
        }
        if (!revoked.isEmpty()) {
            if (!revoked.matches("[A-Za-z0-9_-]{1,64}")) {
                throw CommandFailure.of(ExitCode.REFUSED, Visible.line(revoked) + " is not the id of a link");
            }
            daemon().delete(path + "/" + revoked);
            return done(object().put("revoked", revoked), "The link opens nothing any more");
        }
        ObjectNode wish = object().put("right", write ? "write" : "view").put("uses", uses);
        JsonNode issued = daemon().post(path, wish.put("expiresSeconds", minutes * 60L));
        return done(issued, issued.path("url").asText());
    }

    private int list(JsonNode shares) {
        if (json()) {
            printJson(shares);
            return ExitCode.DONE;
        }
        Table table = new Table("ID", "RIGHT", "USED", "EXPIRES", "");
        for (JsonNode share : shares) {
            table.row(
                    share.path("id").asText(),
                    share.path("right").asText(),
                    share.path("used").asText() + " of " + share.path("uses").asText(),
                    share.path("expires").asText(),
                    share.path("revoked").asBoolean() ? "revoked" : "");
        }
        table.print(out());
        return ExitCode.DONE;
    }
}
