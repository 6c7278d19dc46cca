package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state of a domain as an operator sees it. In JSON the names are in lower case. */
public enum DomainState {
    /** Being built: it exists in Xen, paused, and is not complete. */
    CREATING,
    RUNNING,
    PAUSED,
    /** It shut itself down and is preserved. */
    SHUTDOWN,
    /** It crashed and is preserved. */
    CRASHED,
    /** Destroyed, but some of its memory is still mapped by a backend. */
    DYING;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static DomainState ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
