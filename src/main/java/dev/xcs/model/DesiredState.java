package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an operator wants a domain's state to become. In JSON the names are in lower case. */
public enum DesiredState {
    RUNNING,
    PAUSED,
    SHUTDOWN,
    REBOOTED;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static DesiredState ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
