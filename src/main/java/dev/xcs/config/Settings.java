package dev.xcs.config;

import dev.xcs.model.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one source sets, by key; what is wrong with it is collected beside. */
final class Settings {
    private final Map<String, Setting> byPath = new LinkedHashMap<>();
    private final List<String> errors = new ArrayList<>();

    void set(Key<?> key, String text, String origin) {
        Setting setting = new Setting(text, origin);
        key.refusal(setting).ifPresentOrElse(errors::add, () -> byPath.put(key.path(), setting));
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

    List<String> errors() {
        return errors;
    }
}
