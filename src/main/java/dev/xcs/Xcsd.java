package dev.xcs;

import dev.xcs.config.ConfigReader;
import dev.xcs.config.ConfigRefused;
import dev.xcs.config.EffectiveConfig;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The daemon: parse, read the configuration, start, wait. Exit codes are told by {@code --help}. */
public final class Xcsd {
    private static final int COULD_NOT_START = 1;
    private static final int NOT_UNDERSTOOD = 2;

    private Xcsd() {}

    public static void main(String[] args) {
        int code = commandLine(System.getenv()).execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    static CommandLine commandLine(Map<String, String> environment) {
        return Arguments.commandLine(version())
                .setExecutionStrategy(parsed -> run(parsed, environment))
                .setParameterExceptionHandler((failure, args) -> refuse(failure));
    }

    static String version() {
        return Optional.ofNullable(Xcsd.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
    }

    private static int refuse(ParameterException failure) {
        PrintWriter err = failure.getCommandLine().getErr();
        err.println("xcsd: " + failure.getMessage());
        err.println("xcsd: see --help");
        return NOT_UNDERSTOOD;
    }

    private static int run(ParseResult parsed, Map<String, String> environment) {
        Integer helped = CommandLine.executeHelpRequest(parsed);
        if (helped != null) {
            return helped;
        }
        PrintWriter err = parsed.commandSpec().commandLine().getErr();
        try {
            serve(Arguments.of(parsed), environment);
            return 0;
        } catch (ConfigRefused refused) {
            refused.errors().forEach(error -> err.println("xcsd: " + error));
        } catch (ProblemException failure) {
            explain(failure.problem(), err);
        }
        return COULD_NOT_START;
    }

    private static void serve(Arguments arguments, Map<String, String> environment) {
        EffectiveConfig config = ConfigReader.read(arguments.settings(), environment, arguments.configFile());
        // Before the first logger is made: logback.xml reads it once. This class has no logger for that reason.
        System.setProperty("xcs.log.level", config.config().log().level().name());
        Controller controller = new Controller(config, environment.getOrDefault("XCS_FAULTS", ""));
        Runtime.getRuntime().addShutdownHook(new Thread(controller::stopAtExit, "xcs-stop"));
        controller.start();
        controller.awaitStop();
    }

    private static void explain(Problem problem, PrintWriter err) {
        err.println("xcsd: " + problem.detail());
        if (problem.step() != null) {
            err.println("xcsd: step: " + problem.step());
        }
        if (problem.call() != null) {
            err.println("xcsd: call: " + problem.call()
                    + Optional.ofNullable(problem.argument())
                            .map(a -> " on " + a)
                            .orElse(""));
        }
        if (problem.cause() != null) {
            err.println("xcsd: likely cause: " + problem.cause());
        }
    }
}
