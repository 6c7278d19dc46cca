package dev.xcs.config;

import dev.xcs.model.Problem;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing that can be configured.
 *
 * @param path its place in the file: {@code state-dir}, or {@code api.port} for {@code port} of {@code [api]}
 * @param meaning one line for the help text
 * @param fallback the value when nothing sets it, as it would be written
 */
public record Key<T>(String path, String meaning, Kind<T> kind, String fallback) {
    /** The environment variable that sets it: {@code XCS_API_PORT}. */
    public String environmentName() {
        return "XCS_" + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The command line option that sets it: {@code --api-port}. */
    public String option() {
        return "--" + path.replace('.', '-');
    }

    Optional<T> parse(String text) {
        return kind.parser().apply(text);
    }

    T value(String text) {
        return parse(text).or(() -> parse(fallback)).orElseThrow();
    }

    Optional<String> refusal(Setting setting) {
        return parse(setting.text()).isPresent()
                ? Optional.empty()
                : Optional.of(path + " (" + setting.origin() + "): " + shown(kind.culprit(setting.text()))
                        + ", expected " + kind.expected());
    }

    /** The value as it may be shown: what a secret is stays hidden. */
    String shown(String text) {
        return isSecret() ? "(hidden)" : Problem.quote(text);
    }

    private boolean isSecret() {
        return path.endsWith("token") || path.endsWith("password") || path.endsWith("secret");
    }
}
