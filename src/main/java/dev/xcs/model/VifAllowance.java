package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a guest may do on its network although guests usually may not. */
public enum VifAllowance {
    /** Send from other MAC addresses than its own: a guest that is a bridge itself. */
    ANY_MAC("any-mac"),
    /** Send from other IP addresses than those that its interface has: a guest that is a router. */
    ANY_IP("any-ip"),
    /** Answer DHCP requests of others. */
    DHCP_SERVER("dhcp-server"),
    /** Send IPv6 router advertisements. */
    ROUTER_ADVERTISER("router-advertiser");

    public static final String EXPECTED = "any-mac, any-ip, dhcp-server or router-advertiser";

    private final String json;

    VifAllowance(String json) {
        this.json = json;
    }

    @JsonValue
    public String json() {
        return json;
    }

    @JsonCreator
    public static VifAllowance ofJson(String text) {
        for (VifAllowance value : values()) {
            if (value.json.equals(text)) {
                return value;
            }
        }
        throw Problem.invalidField("allow", text, EXPECTED).toException();
    }
}
