package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why a domain has shut down; the ordinals are Xen's SHUTDOWN_ codes (public/sched.h). */
public enum ShutdownReason {
    POWEROFF,
    REBOOT,
    SUSPEND,
    CRASH,
    WATCHDOG,
    SOFT_RESET;

    /** Xen's number of this reason. */
    public int code() {
        return ordinal();
    }

    /** The reason of a code, CRASH for a code that Xen does not define: an unknown end is not a clean one. */
    public static ShutdownReason ofCode(int code) {
        return code >= 0 && code < values().length ? values()[code] : CRASH;
    }

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
