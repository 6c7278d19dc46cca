package dev.xcs.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a guest may send through its interface; everything else is dropped and counted.
 *
 * @param mac the only address it sends from, in Ethernet and in ARP; null for any
 * @param addresses the only IP addresses it sends from and answers ARP and neighbour solicitations for, beside 0.0.0.0 and IPv6 link-local ones;
 *     empty for any
 * @param dhcpServer whether it may answer DHCP requests, of IPv4 and IPv6
 * @param routerAdvertiser whether it may send router advertisements and redirects
 * @param silent whether nothing passes at all, in either direction: its link is down
 */
public record VifGuard(
        @Nullable MacAddress mac,
        List<IpAddress> addresses,
        boolean dhcpServer,
        boolean routerAdvertiser,
        boolean silent) {
    public VifGuard {
        addresses = List.copyOf(addresses);
    }
}
