package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a disk or a vif is between dom0 and the guest, from the back-end's XenbusState. In JSON the names are in lower case. */
public enum DiskState {
    /** Its domain has no boot. */
    DETACHED,
    /** The back-end waits for the guest's front-end: XenbusState 1 to 3. */
    ATTACHING,
    /** The guest has it: XenbusState 4, 7 and 8. */
    CONNECTED,
    /** XenbusState 5 and 6. */
    DETACHING;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static DiskState ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** @param xenbusState the node's value; anything that is no number counts as 0 */
    public static DiskState of(String xenbusState) {
        return switch (xenbusState) {
            case "4", "7", "8" -> CONNECTED;
            case "5", "6" -> DETACHING;
            default -> ATTACHING;
        };
    }
}
