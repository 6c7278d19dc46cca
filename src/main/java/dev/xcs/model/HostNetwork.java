package dev.xcs.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a network there is to be in dom0.
 *
 * @param name the network's, by which what was made for it is found again
 * @param bridge the bridge that is made for it; null if it needs none of its own
 * @param openVswitch whether the bridge is one of Open vSwitch
 * @param mac the bridge's own, so that it does not take that of a port
 * @param address dom0's own address on it, with the prefix length of its subnet; null for none
 * @param prefix of that address; 0 without
 * @param mtu of the bridge
 * @param uplink an interface of dom0: a port of the bridge, or the only way out for NAT; null for none
 * @param vlan the tag that the uplink's frames have; null for none
 * @param masquerade whose addresses are hidden behind dom0's; null for none
 * @param forwards ports of dom0 that lead to guests
 * @param routed whether dom0 forwards between its vifs and the rest of its interfaces
 */
public record HostNetwork(
        String name,
        @Nullable String bridge,
        boolean openVswitch,
        MacAddress mac,
        @Nullable IpAddress address,
        int prefix,
        int mtu,
        @Nullable String uplink,
        @Nullable Integer vlan,
        @Nullable Subnet masquerade,
        List<PortForward> forwards,
        boolean routed) {
    public HostNetwork {
        forwards = List.copyOf(forwards);
    }
}
