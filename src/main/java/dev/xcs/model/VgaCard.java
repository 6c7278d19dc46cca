package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The display card of an HVM guest, as xl calls it. In JSON the names are in lower case. */
public enum VgaCard {
    STD(16),
    CIRRUS(16),
    NONE(0);

    private final int memoryMib;

    VgaCard(int memoryMib) {
        this.memoryMib = memoryMib;
    }

    /** What of the guest's memory is the card's: its device model populates it. */
    public int memoryMib() {
        return memoryMib;
    }

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static VgaCard ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
