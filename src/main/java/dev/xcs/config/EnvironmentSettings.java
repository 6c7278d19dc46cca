package dev.xcs.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads what the environment sets; a variable that nobody knows is an error, since it was meant to do something. */
final class EnvironmentSettings {
    /** Where the file is; names the source of the others, so it is no key itself. */
    static final String CONFIG_FILE = "XCS_CONFIG";

    private static final String PREFIX = "XCS_";
    /** Read by the scripts, the tests or the simulated host; conf/xcsd.toml says which by whom. */
    private static final Set<String> OTHERS = Set.of(CONFIG_FILE, "XCS_CACHE_DIR", "XCS_FAULTS");

    private static final List<String> OTHER_PREFIXES = List.of("XCS_TEST_", "XCS_LAB", "XCS_BENCH_");

    private EnvironmentSettings() {}

    static Settings read(Map<String, String> environment) {
        Settings settings = new Settings();
        // Sorted, so that the errors come in the same order each time.
        new TreeMap<>(environment).forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !isOther(name)) {
                variable(settings, name, value);
            }
        });
        return settings;
    }

    private static boolean isOther(String name) {
        return OTHERS.contains(name) || OTHER_PREFIXES.stream().anyMatch(name::startsWith);
    }

    private static void variable(Settings settings, String name, String value) {
        Keys.all().stream()
                .filter(key -> key.environmentName().equals(name))
                .<Key<?>>map(key -> key)
                .findFirst()
                .or(() -> NetworkKeys.ofVariable(name))
                .ifPresentOrElse(
                        key -> settings.set(key, value, "environment " + name),
                        () -> settings.refuseUnknown(name, "environment", "variable", names(name)));
    }

    /** Those that there are, and of networks those that there could be instead of this one. */
    private static List<String> names(String name) {
        return Stream.concat(Keys.all().stream().map(Key::environmentName), NetworkKeys.variablesBeside(name).stream())
                .toList();
    }
}
