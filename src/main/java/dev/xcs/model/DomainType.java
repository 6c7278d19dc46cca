package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What kind of domain the hypervisor runs. In JSON the names are in lower case. */
public enum DomainType {
    PV,
    PVH,
    HVM;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static DomainType ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
