package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The back-end that xl was told to take: the kernel's block driver, blktap, or QEMU. In JSON the names are in lower case. */
public enum DiskBackend {
    PHY,
    TAP,
    QDISK;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static DiskBackend ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
