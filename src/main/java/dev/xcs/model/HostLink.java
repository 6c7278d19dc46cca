package dev.xcs.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network interface of dom0.
 *
 * @param index the kernel's number of it
 * @param mac null where it has none
 * @param up whether it is administratively up
 * @param master the bridge it is a port of, by name; null for none
 * @param bridge whether it is a bridge
 * @param network the network that xcsd made it for; null if xcsd did not make it
 * @param addresses dom0's own on it
 */
public record HostLink(
        String name,
        int index,
        @Nullable String mac,
        boolean up,
        int mtu,
        @Nullable String master,
        boolean bridge,
        @Nullable String network,
        List<IpAddress> addresses) {
    /** What Xen's tools give all of them, so that no bridge takes the address of one for its own. */
    public static final String VIF_MAC = "fe:ff:ff:ff:ff:ff";

    public HostLink {
        addresses = List.copyOf(addresses);
    }

    /** Whether it is the back-end's end of a vif that was connected, whoever did that. */
    public boolean carriesVif() {
        return VIF_MAC.equals(mac);
    }
}
