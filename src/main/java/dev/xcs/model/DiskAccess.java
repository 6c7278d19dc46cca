package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What the guest may do with a disk. In JSON the names are in lower case. */
public enum DiskAccess {
    RO,
    RW;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static DiskAccess ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
