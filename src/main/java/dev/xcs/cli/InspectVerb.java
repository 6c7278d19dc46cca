package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.xcs.image.ImageInspector;
import dev.xcs.model.ProblemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "inspect",
        description = {
            "Shows what a kernel file is and what it says to Xen: its format and packing, the guest's system, whether"
                    + " it can be started as PV and as PVH, its notes. Needs no daemon: the file is one of this machine.",
            "",
            "Understood are ELF (32 and 64 bit), bzImage, Plan 9 a.out and multiboot, also packed by gzip, bzip2,"
                    + " lzma, xz, lzo, lz4 or zstd. What is broken is refused, with the offset of what is wrong. Of UEFI"
                    + " firmware it is told whether it has Xen's drivers."
        },
        footer = {"  xcs inspect /boot/vmlinuz", "  xcs --json inspect netbsd-XEN3_DOMU.gz | jq .notes"})
final class InspectVerb extends Verb {
    @Parameters(paramLabel = "FILE", description = "The kernel or firmware.")
    private String file = "";

    @Override
    public Integer call() {
        JsonNode report = inspect();
        if (json()) {
            printJson(report);
            return ExitCode.DONE;
        }
        int width = report.properties().stream()
                .mapToInt(field -> field.getKey().length())
                .max()
                .orElse(0);
        report.properties().forEach(field -> print(field.getKey(), field.getValue(), width));
        return ExitCode.DONE;
    }

    private void print(String name, JsonNode value, int width) {
        if (value.isObject()) {
            out().println(name + ":");
            value.properties()
                    .forEach(note -> out().println("  "
                            + Visible.line(
                                    note.getKey() + ": " + note.getValue().asText())));
        } else {
            out().println(String.format("%-" + (width + 1) + "s ", name + ":") + Visible.line(words(value)));
        }
    }

    private static String words(JsonNode value) {
        if (!value.isArray()) {
            return value.asText();
        }
        StringBuilder words = new StringBuilder();
        value.forEach(item -> words.append(words.isEmpty() ? "" : " ").append(item.asText()));
        return words.toString();
    }

    private ObjectNode inspect() {
        try {
            String path = Path.of(file).toAbsolutePath().toString();
            return Daemon.JSON.valueToTree(ImageInspector.inspect("file", path));
        } catch (InvalidPathException e) {
            throw CommandFailure.of(ExitCode.USAGE, "file: " + Visible.line(file) + " is no path of a file");
        } catch (ProblemException e) {
            throw CommandFailure.of(ExitCode.REFUSED, Daemon.JSON.<ObjectNode>valueToTree(e.problem()));
        }
    }
}
