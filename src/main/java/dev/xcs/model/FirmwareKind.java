package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an HVM guest boots by; which file that is, is looked up at each boot. In JSON the names are in lower case. */
public enum FirmwareKind {
    BIOS,
    UEFI;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static FirmwareKind ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
