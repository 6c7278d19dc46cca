package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What kind of drive the guest sees. In JSON the names are in lower case. */
public enum DiskDevice {
    DISK,
    CDROM;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static DiskDevice ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
