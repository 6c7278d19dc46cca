package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How the bytes of a disk are laid out in what backs it. In JSON the names are in lower case. */
public enum DiskFormat {
    RAW,
    QCOW2,
    VHD,
    VMDK;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static DiskFormat ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
