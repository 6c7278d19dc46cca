package dev.xcs.hypervisor.xen.net;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network interface as the kernel tells it.
 *
 * @param index the kernel's number of it
 * @param mac six pairs of hexadecimal digits; null where it has no Ethernet address
 * @param up whether it is administratively up
 * @param master the number of the bridge it is a port of; 0 for none
 * @param kind {@code bridge}, {@code vlan}, {@code openvswitch} and so on; null for hardware and what has none
 * @param alias what an administrator, or xcsd, wrote on it; null for nothing
 * @param under the number of the interface that a VLAN is one of; 0 for none
 * @param vlan the tag of a VLAN; null for what is none
 * @param counters what went through it
 */
public record Link(
        int index,
        String name,
        @Nullable String mac,
        int mtu,
        boolean up,
        int master,
        @Nullable String kind,
        @Nullable String alias,
        int under,
        @Nullable Integer vlan,
        LinkCounters counters) {
    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_LINK = 5;
    static final int IFLA_MASTER = 10;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_IFALIAS = 20;
    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    static final int IFLA_VLAN_ID = 1;
    static final int IFF_UP = 1;

    private static final int IFLA_STATS64 = 23;
    private static final int INDEX = 4;
    private static final int FLAGS = 8;
    private static final int MAC_BYTES = 6;

    public static NetlinkRequest dump() {
        return NetlinkRequest.dump(Rtm.RTM_GETLINK, new byte[Rtm.RTM_GETLINK.headBytes()]);
    }

    /** Of what a dump gave. */
    public static List<Link> decode(List<NetlinkReply> replies) {
        return replies.stream()
                .filter(reply -> reply.is(Rtm.RTM_NEWLINK))
                .map(Link::decode)
                .toList();
    }

    private static Link decode(NetlinkReply reply) {
        Attributes attributes = reply.attributes(Rtm.RTM_NEWLINK);
        Attributes info = attributes.nested(IFLA_LINKINFO);
        String kind = info.text(IFLA_INFO_KIND).orElse(null);
        return new Link(
                reply.number(INDEX),
                attributes.text(IFLA_IFNAME).orElse(""),
                attributes.bytes(IFLA_ADDRESS).map(Link::mac).orElse(null),
                attributes.integer(IFLA_MTU).orElse(0),
                (reply.number(FLAGS) & IFF_UP) != 0,
                attributes.integer(IFLA_MASTER).orElse(0),
                kind,
                attributes.text(IFLA_IFALIAS).orElse(null),
                attributes.integer(IFLA_LINK).orElse(0),
                "vlan".equals(kind)
                        ? info.nested(IFLA_INFO_DATA).integer(IFLA_VLAN_ID).orElse(null)
                        : null,
                attributes.bytes(IFLA_STATS64).map(LinkCounters::decode).orElse(LinkCounters.NONE));
    }

    private static @Nullable String mac(byte[] bytes) {
        return bytes.length == MAC_BYTES ? HexFormat.ofDelimiter(":").formatHex(bytes) : null;
    }

    public boolean isBridge() {
        return "bridge".equals(kind);
    }
}
