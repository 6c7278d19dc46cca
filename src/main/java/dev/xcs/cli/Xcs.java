package dev.xcs.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code xcs VERB}: the options that every verb has, and what they share. */
@Command(
        name = "xcs",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Xcs.Version.class,
        usageHelpWidth = 100,
        descriptionHeading = "%n",
        synopsisSubcommandLabel = "VERB",
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nVerbs:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done.",
            "1:Refused or failed; the reason is on standard error.",
            "2:The command line was not understood.",
            "3:The daemon is not reachable.",
            "4:Not authorised: no token, or a wrong one.",
            "5:There is no such domain.",
            "6:It took longer than it may."
        },
        description = {
            "Controls a Xen host through its switch, xcsd, over HTTP.",
            "",
            "DOMAIN is a name, a uuid or a domid; a number is a domid, and name:42 the domain that is named so.",
            "",
            "The daemon is found by --url, else XCS_URL, else in the state directory of a daemon that runs:"
                    + " XCS_STATE_DIR, the checkout's .xcs, /var/lib/xcs. The token is taken from --token-file, else"
                    + " XCS_TOKEN, else the file that XCS_TOKEN_FILE names, else that state directory."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  xcs list",
            "  xcs create web --kernel /boot/vmlinuz --memory 1g --vcpus 2",
            "  xcs console web",
            "  xcs --json events --since 10m | jq .subtype",
            "  source <(xcs completion bash)",
            "",
            "xcs help VERB, or xcs VERB --help, tells about a verb."
        },
        subcommands = {
            ListVerb.class,
            InfoVerb.class,
            CreateVerb.class,
            StateVerbs.Start.class,
            StateVerbs.Stop.class,
            StateVerbs.Reboot.class,
            StateVerbs.Pause.class,
            StateVerbs.Unpause.class,
            StateVerbs.Destroy.class,
            ConsoleVerb.class,
            ConsoleLogVerb.class,
            EventsVerb.class,
            DumpVerb.class,
            RequestVerbs.Sysrq.class,
            RequestVerbs.MemSet.class,
            RequestVerbs.VcpuSet.class,
            DiskVerbs.ListDisks.class,
            DiskVerbs.Attach.class,
            DiskVerbs.Detach.class,
            DiskVerbs.Resize.class,
            DiskVerbs.Insert.class,
            DiskVerbs.Eject.class,
            VifVerbs.ListVifs.class,
            VifVerbs.Attach.class,
            VifVerbs.Detach.class,
            VifVerbs.Change.class,
            NetworkVerbs.ListNetworks.class,
            NetworkVerbs.Create.class,
            NetworkVerbs.Delete.class,
            DmesgVerb.class,
            InspectVerb.class,
            CompletionVerb.class,
            CommandLine.HelpCommand.class
        })
public final class Xcs implements Runnable {
    private final Surroundings around;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "Where the daemon's API is: http://HOST:PORT.")
    private @Nullable String url;

    @Option(
            names = "--token-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "The file that holds the admin token.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print JSON as the API gives it, all but ASCII escaped; problems too.")
    private boolean json;

    private @Nullable Daemon daemon;

    Xcs(Surroundings around) {
        this.around = around;
    }

    public static void main(String[] args) {
        int code = run(Surroundings.ofProcess(), args);
        // Always: threads of the HTTP client linger.
        System.exit(code);
    }

    static int run(Surroundings around, String... args) {
        return commandLine(around).execute(args);
    }

    static CommandLine commandLine(Surroundings around) {
        Xcs xcs = new Xcs(around);
        return new CommandLine(xcs)
                .setOut(writer(around.out()))
                .setErr(writer(around.err()))
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler((failure, args) -> refuse(failure))
                .setExecutionExceptionHandler((failure, line, parsed) -> xcs.explain(failure));
    }

    private static PrintWriter writer(java.io.OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private static int refuse(ParameterException failure) {
        CommandLine line = failure.getCommandLine();
        line.getErr().println("xcs: " + Visible.line(String.valueOf(failure.getMessage())));
        line.getErr().println("xcs: see " + line.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private int explain(Exception failure) throws Exception {
        if (!(failure instanceof CommandFailure known)) {
            throw failure;
        }
        if (json) {
            around.err().println(Visible.json(known.problem()));
        } else {
            known.lines().forEach(around.err()::println);
        }
        return known.exitCode();
    }

    /** Without a verb. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A verb is missing, for example list");
    }

    Surroundings around() {
        return around;
    }

    boolean json() {
        return json;
    }

    /** The daemon that this call is for; looked for once. */
    Daemon daemon() {
        if (daemon == null) {
            daemon = new Daemon(new DaemonFinder(around).find(url, tokenFile));
        }
        return daemon;
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(Xcs.class.getPackage().getImplementationVersion())
                    .orElse("(not packaged)");
            return new String[] {"xcs " + version};
        }
    }
}
