package dev.xcs.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an interface of dom0, the back-end's end of a vif, is to be connected.
 *
 * @param device its name as the back-end made it
 * @param name its name as it is to be; the same if it is not to be renamed
 * @param mtu 68 to 65535
 * @param bridge the bridge to put it on; null for none, because it is routed or its link is down
 * @param openVswitch whether that bridge is one of Open vSwitch
 * @param vlan the tag that its frames get there; null for none. Only with Open vSwitch
 * @param routes the addresses that dom0 routes to it, each with a host route; those that it has beside them are removed
 * @param gatewayDev dom0's interface whose neighbours it answers in the name of these addresses (proxy ARP and ND); null for none
 * @param guard what passes
 */
public record VifPort(
        String device,
        String name,
        int mtu,
        @Nullable String bridge,
        boolean openVswitch,
        @Nullable Integer vlan,
        List<IpAddress> routes,
        @Nullable String gatewayDev,
        VifGuard guard) {
    public VifPort {
        routes = List.copyOf(routes);
    }
}
