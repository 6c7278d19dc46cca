package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How the guests of a network reach each other and the world. In JSON the names are in lower case. */
public enum NetworkKind {
    /** All on one bridge, which somebody else made or xcsd does, with an interface of dom0 as its way out if there is one. */
    BRIDGE,
    /** On a bridge of xcsd's own with addresses from it, hidden behind dom0's address. */
    NAT,
    /** No bridge: dom0 routes each guest's addresses and answers for them (proxy ARP). */
    ROUTED,
    /** On a bridge of Open vSwitch. */
    OPENVSWITCH;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static NetworkKind ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
