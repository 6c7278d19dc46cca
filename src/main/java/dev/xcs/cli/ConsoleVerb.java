package dev.xcs.cli;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "console",
        description = {
            "Attaches this terminal to a domain's console: first the last of what the guest has printed, then what"
                    + " comes. Any number may be attached, and one at a time writes: the first who asks, until it goes, is"
                    + " robbed of it (--steal) or types nothing for long. Who writes is said.",
            "",
            "Every key goes to the guest but Ctrl-], which detaches. The bytes of the guest reach the terminal as they"
                    + " are. What the switch says (a restart, lost bytes, the end) goes to standard error.",
            "",
            "When standard input is no terminal, it is typed into the guest as it is, Ctrl-] too; at its end xcs stays"
                    + " until the guest has been quiet for the time of --linger. The exit code is 1 when the guest did not"
                    + " take all of it."
        },
        footer = {
            "  xcs console web",
            "  xcs console --view --boot -1 web                    # from the begin of the boot before this one, only"
                    + " looking",
            "  echo uptime | xcs console --linger 3 web",
            "  xcs console --linger 0 web < /dev/null > web.log    # until the domain is gone"
        })
final class ConsoleVerb extends Verb {
    @Parameters(index = "0", paramLabel = "DOMAIN", description = "A name, uuid or domid.")
    private String domain = "";

    @Option(names = "--view", description = "Only look; never ask for the right to write.")
    private boolean view;

    @Option(names = "--steal", description = "Take the right to write from whoever has it; it is told.")
    private boolean steal;

    @Option(names = "--name", paramLabel = "NAME", description = "How the others see this viewer.")
    private String name = "";

    @Mixin
    private ConsolePart part = new ConsolePart();

    @Option(
            names = "--linger",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "At the end of standard input, stay until the guest has been quiet for so long; 0: until the"
                    + " domain is gone. Default: 2.")
    private double lingerSeconds;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec line;

    @Override
    public Integer call() {
        String path = daemon().domainPath(domain);
        Duration linger = Duration.ofMillis(Math.round(lingerSeconds * 1000));
        Optional<RawTerminal> terminal = around().terminal().get();
        if (terminal.isEmpty()) {
            return attach(path, linger, false);
        }
        try (RawTerminal raw = terminal.get()) {
            remark("attached to " + domain + "; Ctrl-] detaches");
            raw.raw();
            int code = attach(path, linger, true);
            // The guest's line is not ours; raw as the terminal still is.
            around().err().print("\r\n");
            return code;
        }
    }

    private int attach(String path, Duration linger, boolean isTerminal) {
        if (view && steal) {
            throw new ParameterException(line.commandLine(), "--view and --steal exclude each other");
        }
        ConsoleLink.Wish wish = view ? ConsoleLink.Wish.LOOK : steal ? ConsoleLink.Wish.STEAL : ConsoleLink.Wish.WRITE;
        try (ConsoleLink link = new ConsoleLink(around().out(), around().err(), isTerminal, wish)) {
            Map<String, String> query = part.query();
            if (!name.isEmpty()) {
                query.put("viewer", name);
            }
            link.open(daemon(), path + "/console" + Daemon.query(query));
            Keyboard.start(around().in(), link, isTerminal);
            return link.awaitEnd(linger);
        }
    }
}
