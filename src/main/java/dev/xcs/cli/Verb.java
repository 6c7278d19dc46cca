package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** What every verb has. */
@Command
abstract class Verb implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Xcs xcs;

    final Surroundings around() {
        return xcs.around();
    }

    final Daemon daemon() {
        return xcs.daemon();
    }

    final boolean json() {
        return xcs.json();
    }

    final PrintStream out() {
        return xcs.around().out();
    }

    /** Says something beside the output proper. */
    final void remark(String text) {
        xcs.around().err().println("xcs: " + Visible.line(text));
    }

    final void printJson(JsonNode value) {
        out().println(Visible.prettyJson(value));
    }

    /** The answer itself by --json, else one sentence. */
    final int done(JsonNode answer, String sentence) {
        if (json()) {
            printJson(answer);
        } else {
            out().println(Visible.line(sentence));
        }
        return ExitCode.DONE;
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
