package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What to do when a guest has ended. In JSON the names are in lower case. */
public enum OnEnd {
    DESTROY,
    RESTART,
    PRESERVE;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static OnEnd ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
