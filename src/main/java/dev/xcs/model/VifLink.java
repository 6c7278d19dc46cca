package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether frames pass, as if a cable were plugged in or not. In JSON the names are in lower case. */
public enum VifLink {
    UP,
    DOWN;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static VifLink ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
