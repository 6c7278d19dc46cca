package dev.xcs.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = {
            "Prints a script that completes verbs and options in a shell.",
            "",
            "It serves bash, and zsh after bashcompinit."
        },
        footer = {"  source <(xcs completion bash)", "  xcs completion bash > /etc/bash_completion.d/xcs"})
final class CompletionVerb extends Verb {
    /** The shells there is a script for. */
    enum Shell {
        bash,
        zsh
    }

    @Parameters(index = "0", paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.bash;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (shell == Shell.zsh) {
            out().println("autoload -U +X bashcompinit && bashcompinit");
        }
        out().print(AutoComplete.bash("xcs", spec.root().commandLine()));
        return ExitCode.DONE;
    }
}
