package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * What a control message of a type says. Numbers from 0 go to a domain, numbers from 32 come from one, as in the classic interface; classic
 * subtypes keep their numbers, ours take free ones. In JSON: {@code TYPE.NAME}, for example {@code SHUTDOWN.POWEROFF}.
 */
public enum ControlSubtype {
    CONSOLE_DATA(ControlType.CONSOLE, "DATA", 0),
    CONSOLE_ACTIVITY(ControlType.CONSOLE, "ACTIVITY", 32),
    CONSOLE_MILESTONE(ControlType.CONSOLE, "MILESTONE", 33),
    CONSOLE_SHARE_ISSUED(ControlType.CONSOLE, "SHARE_ISSUED", 34),
    CONSOLE_SHARE_USED(ControlType.CONSOLE, "SHARE_USED", 35),
    CONSOLE_SHARE_REFUSED(ControlType.CONSOLE, "SHARE_REFUSED", 36),
    CONSOLE_SHARE_REVOKED(ControlType.CONSOLE, "SHARE_REVOKED", 37),

    BLKIF_BE_CREATE(ControlType.BLKIF_BE, "CREATE", 0),
    BLKIF_BE_DESTROY(ControlType.BLKIF_BE, "DESTROY", 1),
    BLKIF_BE_CONNECT(ControlType.BLKIF_BE, "CONNECT", 2),
    BLKIF_BE_DISCONNECT(ControlType.BLKIF_BE, "DISCONNECT", 3),
    BLKIF_BE_VBD_CREATE(ControlType.BLKIF_BE, "VBD_CREATE", 4),
    BLKIF_BE_VBD_DESTROY(ControlType.BLKIF_BE, "VBD_DESTROY", 5),
    BLKIF_BE_VBD_GROW(ControlType.BLKIF_BE, "VBD_GROW", 6),
    BLKIF_BE_VBD_SHRINK(ControlType.BLKIF_BE, "VBD_SHRINK", 7),
    BLKIF_BE_DRIVER_STATUS(ControlType.BLKIF_BE, "DRIVER_STATUS", 32),

    BLKIF_FE_INTERFACE_STATUS(ControlType.BLKIF_FE, "INTERFACE_STATUS", 0),
    BLKIF_FE_DRIVER_STATUS(ControlType.BLKIF_FE, "DRIVER_STATUS", 32),
    BLKIF_FE_INTERFACE_CONNECT(ControlType.BLKIF_FE, "INTERFACE_CONNECT", 33),
    BLKIF_FE_INTERFACE_DISCONNECT(ControlType.BLKIF_FE, "INTERFACE_DISCONNECT", 34),
    BLKIF_FE_INTERFACE_QUERY(ControlType.BLKIF_FE, "INTERFACE_QUERY", 35),

    NETIF_BE_CREATE(ControlType.NETIF_BE, "CREATE", 0),
    NETIF_BE_DESTROY(ControlType.NETIF_BE, "DESTROY", 1),
    NETIF_BE_CONNECT(ControlType.NETIF_BE, "CONNECT", 2),
    NETIF_BE_DISCONNECT(ControlType.NETIF_BE, "DISCONNECT", 3),
    NETIF_BE_CREDITLIMIT(ControlType.NETIF_BE, "CREDITLIMIT", 4),
    NETIF_BE_DRIVER_STATUS(ControlType.NETIF_BE, "DRIVER_STATUS", 32),

    NETIF_FE_INTERFACE_STATUS(ControlType.NETIF_FE, "INTERFACE_STATUS", 0),
    NETIF_FE_DRIVER_STATUS(ControlType.NETIF_FE, "DRIVER_STATUS", 32),
    NETIF_FE_INTERFACE_CONNECT(ControlType.NETIF_FE, "INTERFACE_CONNECT", 33),
    NETIF_FE_INTERFACE_DISCONNECT(ControlType.NETIF_FE, "INTERFACE_DISCONNECT", 34),
    NETIF_FE_INTERFACE_QUERY(ControlType.NETIF_FE, "INTERFACE_QUERY", 35),

    SHUTDOWN_POWEROFF(ControlType.SHUTDOWN, "POWEROFF", 0),
    SHUTDOWN_REBOOT(ControlType.SHUTDOWN, "REBOOT", 1),
    SHUTDOWN_SUSPEND(ControlType.SHUTDOWN, "SUSPEND", 2),
    SHUTDOWN_SYSRQ(ControlType.SHUTDOWN, "SYSRQ", 3),
    SHUTDOWN_ACKNOWLEDGED(ControlType.SHUTDOWN, "ACKNOWLEDGED", 32),

    MEM_REQUEST_SET(ControlType.MEM_REQUEST, "SET", 0),
    MEM_REQUEST_REACHED(ControlType.MEM_REQUEST, "REACHED", 32),

    USBIF_BE_CREATE(ControlType.USBIF_BE, "CREATE", 0),
    USBIF_BE_DESTROY(ControlType.USBIF_BE, "DESTROY", 1),
    USBIF_BE_CONNECT(ControlType.USBIF_BE, "CONNECT", 2),
    USBIF_BE_DISCONNECT(ControlType.USBIF_BE, "DISCONNECT", 3),
    USBIF_BE_CLAIM_PORT(ControlType.USBIF_BE, "CLAIM_PORT", 4),
    USBIF_BE_RELEASE_PORT(ControlType.USBIF_BE, "RELEASE_PORT", 5),
    USBIF_BE_DRIVER_STATUS_CHANGED(ControlType.USBIF_BE, "DRIVER_STATUS_CHANGED", 32),

    USBIF_FE_INTERFACE_STATUS_CHANGED(ControlType.USBIF_FE, "INTERFACE_STATUS_CHANGED", 0),
    USBIF_FE_DRIVER_STATUS_CHANGED(ControlType.USBIF_FE, "DRIVER_STATUS_CHANGED", 32),
    USBIF_FE_INTERFACE_CONNECT(ControlType.USBIF_FE, "INTERFACE_CONNECT", 33),
    USBIF_FE_INTERFACE_DISCONNECT(ControlType.USBIF_FE, "INTERFACE_DISCONNECT", 34),

    VCPU_HOTPLUG_OFF(ControlType.VCPU_HOTPLUG, "OFF", 0),
    VCPU_HOTPLUG_ON(ControlType.VCPU_HOTPLUG, "ON", 1),

    DEBUG_CONNECTION_STATUS(ControlType.DEBUG, "CONNECTION_STATUS", 0),

    DOMAIN_PAUSE(ControlType.DOMAIN, "PAUSE", 0),
    DOMAIN_UNPAUSE(ControlType.DOMAIN, "UNPAUSE", 1),
    DOMAIN_DESTROY(ControlType.DOMAIN, "DESTROY", 2),
    DOMAIN_APPEARED(ControlType.DOMAIN, "APPEARED", 32),
    DOMAIN_CHANGED(ControlType.DOMAIN, "CHANGED", 33),
    DOMAIN_ENDED(ControlType.DOMAIN, "ENDED", 34),
    DOMAIN_CRASHED(ControlType.DOMAIN, "CRASHED", 35),

    HYPERVISOR_LINE(ControlType.HYPERVISOR, "LINE", 32);

    private final ControlType type;
    private final String label;
    private final int number;

    ControlSubtype(ControlType type, String label, int number) {
        this.type = type;
        this.label = label;
        this.number = number;
    }

    public ControlType type() {
        return type;
    }

    /** The classic name within the type. */
    public String label() {
        return label;
    }

    public int number() {
        return number;
    }

    @JsonValue
    public String json() {
        return type.name() + "." + label;
    }

    @JsonCreator
    public static ControlSubtype ofJson(String text) {
        for (ControlSubtype subtype : values()) {
            if (subtype.json().equals(text)) {
                return subtype;
            }
        }
        throw Problem.invalidField("subtype", text, "TYPE.NAME of a control message, for example SHUTDOWN.POWEROFF")
                .toException();
    }
}
