package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = {
            "Lists every domain by domid, dom0 and those of other toolstacks included.",
            "",
            "A domid of -1 is a domain between two boots; MANAGED says whether xcsd decides what happens when it ends."
        },
        footer = {"  xcs list --long", "  xcs --json list | jq -r '.[].name'"})
final class ListVerb extends Verb {
    @Option(
            names = {"-l", "--long"},
            description = "With uuids.")
    private boolean isLong;

    @Override
    public Integer call() {
        JsonNode domains = daemon().get("/v1/domains");
        if (json()) {
            printJson(domains);
            return ExitCode.DONE;
        }
        String[] headings = {"NAME", ">DOMID", "TYPE", ">MIB", ">VCPUS", "STATE", ">CPU(S)", "MANAGED", "UUID"};
        Table table = new Table(isLong ? headings : java.util.Arrays.copyOf(headings, headings.length - 1));
        domains.forEach(domain -> table.row(cells(domain)));
        table.print(out());
        return ExitCode.DONE;
    }

    private Object[] cells(JsonNode domain) {
        Object[] cells = {
            domain.path("name").asText(),
            domain.path("domid").asText(),
            domain.path("type").asText(),
            domain.path("memoryMib").asText(),
            domain.path("vcpus").asText(),
            domain.path("state").asText(),
            String.format("%.1f", domain.path("cpuSeconds").asDouble()),
            domain.path("managed").asBoolean() ? "yes" : "no",
            domain.path("uuid").asText()
        };
        return isLong ? cells : java.util.Arrays.copyOf(cells, cells.length - 1);
    }
}
