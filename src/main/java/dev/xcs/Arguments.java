package dev.xcs;

import dev.xcs.config.Key;
import dev.xcs.config.Keys;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParseResult;

/** The command line: one option for each key of the configuration, and where the file is. */
record Arguments(Map<String, String> settings, Optional<Path> configFile) {
    private static final String CONFIG = "--config";

    static CommandLine commandLine(String version) {
        CommandSpec spec = CommandSpec.create()
                .name("xcsd")
                .mixinStandardHelpOptions(true)
                .versionProvider(versionProvider(version));
        spec.addOption(OptionSpec.builder(CONFIG)
                .paramLabel("FILE")
                .type(Path.class)
                .description("The configuration file. Default: XCS_CONFIG, else /etc/xcs/xcsd.toml if it exists.")
                .build());
        Keys.all().forEach(key -> spec.addOption(option(key)));
        describe(spec.usageMessage());
        return new CommandLine(spec);
    }

    private static IVersionProvider versionProvider(String version) {
        return () -> new String[] {"xcsd " + version};
    }

    private static OptionSpec option(Key<?> key) {
        String fallback = key.fallback().isEmpty() ? "" : " Default: " + key.fallback() + ".";
        return OptionSpec.builder(key.option())
                .paramLabel(key.kind().label())
                .type(String.class)
                // It is a format to picocli.
                .description((key.meaning() + fallback).replace("%", "%%"))
                .build();
    }

    private static void describe(UsageMessageSpec usage) {
        usage.description("The Xen control switch: owns the control plane of a Xen host.", "")
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .autoWidth(true)
                .footer(
                        "",
                        "Each option can also be set by the environment (XCS_API_PORT) or the file ([api] port);",
                        "the option wins over the environment, the environment over the file.",
                        "",
                        "Exit codes: 0 it was stopped by Ctrl-C or SIGTERM, cleanly; 1 it could not start, and every",
                        "reason was printed; 2 the command line was not understood; 3 it did not stop cleanly.");
    }

    static Arguments of(ParseResult parsed) {
        Map<String, String> settings = new HashMap<>();
        List<Key<?>> given = Keys.all().stream()
                .filter(key -> parsed.hasMatchedOption(key.option()))
                .toList();
        given.forEach(key -> settings.put(key.path(), parsed.matchedOptionValue(key.option(), "")));
        return new Arguments(settings, Optional.ofNullable(parsed.matchedOptionValue(CONFIG, null)));
    }
}
