package dev.xcs.config;

import java.util.List;

/** The configuration cannot be used; every reason is told at once, one line each. */
public final class ConfigRefused extends RuntimeException {
    private final transient List<String> errors;

    ConfigRefused(List<String> errors) {
        super(String.join("; ", errors));
        this.errors = List.copyOf(errors);
    }

    /** One line for each thing that is wrong: the key, where it was set, its value and what was expected. */
    public List<String> errors() {
        return errors;
    }
}
