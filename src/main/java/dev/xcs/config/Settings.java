package dev.xcs.config;

import dev.xcs.model.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one source sets, by key; what is wrong with it is collected beside. */
final class Settings {
    private final Map<String, Setting> byPath = new LinkedHashMap<>();
    private final List<String> errors = new ArrayList<>();
    private final Set<String> refused = new HashSet<>();

    void set(Key<?> key, String text, String origin) {
        Setting setting = new Setting(text, origin);
        key.refusal(setting).ifPresentOrElse(error -> refuse(key.path(), error), () -> byPath.put(key.path(), setting));
    }

    /** What is wrong with the value of a key, or with a key that there is not. */
    void refuse(String path, String error) {
        refused.add(path);
        errors.add(error);
    }

    void refuse(String error) {
        errors.add(error);
    }

    void refuseUnknown(String name, String origin, String what, List<String> known) {
        errors.add(Problem.quote(name) + " (" + origin + "): unknown " + what + Nearest.hint(name, known));
    }

    Map<String, Setting> byPath() {
        return byPath;
    }

    /** The paths for which what was set cannot be used. */
    Set<String> refused() {
        return refused;
    }

    List<String> errors() {
        return errors;
    }
}
