package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.Subnet;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A route of dom0, with everything else that the kernel tells of it, so that it can be moved.
 *
 * @param to null for the default route
 * @param interfaceIndex where it leads; 0 for a route with several ways, or none
 * @param protocol who made it: {@link #KERNEL}, {@link #ADVERTISED}, {@link #XCS} or others of linux/rtnetlink.h
 * @param unicast whether it leads anywhere, in one of the tables that are for that
 */
public record Route(@Nullable Subnet to, boolean v4, int interfaceIndex, int protocol, boolean unicast, Entry entry) {
    /** RTPROT_KERNEL: comes and goes with an address. */
    public static final int KERNEL = 2;
    /** RTPROT_RA: learnt from a router. */
    public static final int ADVERTISED = 9;
    /** Numbers above RTPROT_STATIC are free to use; none of iproute2's rt_protos has this one. */
    public static final int XCS = 120;

    private static final int RTPROT_REDIRECT = 1;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_CACHEINFO = 12;
    private static final int RTA_EXPIRES = 23;
    private static final int RTA_NH_ID = 30;
    private static final int RTNH_F_ONLINK = 4;
    private static final int EXPIRES_IN_CACHEINFO = 2 * Integer.BYTES;
    private static final int TICKS_PER_SECOND = 100;
    private static final int V6_HOST_PRIORITY = 1024;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RT_TABLE_LOCAL = 255;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RTN_UNICAST = 1;
    private static final int RTM_F_CLONED = 0x200;
    private static final int FAMILY = 0;
    private static final int PREFIX = 1;
    private static final int TABLE = 4;
    private static final int PROTOCOL = 5;
    private static final int SCOPE = 6;
    private static final int TYPE = 7;
    private static final int FLAGS = 8;

    public static NetlinkRequest dump() {
        return NetlinkRequest.dump(Rtm.RTM_GETROUTE, new byte[Rtm.RTM_GETROUTE.headBytes()]);
    }

    /** Of what a dump gave, without what the kernel only remembers of its use. */
    public static List<Route> decode(List<NetlinkReply> replies) {
        return replies.stream()
                .filter(reply -> reply.is(Rtm.RTM_NEWROUTE) && (reply.number(FLAGS) & RTM_F_CLONED) == 0)
                .filter(reply -> reply.octet(FAMILY) == Entry.AF_INET || reply.octet(FAMILY) == Entry.AF_INET6)
                .map(Route::decode)
                .toList();
    }

    private static Route decode(NetlinkReply reply) {
        Entry entry = Entry.of(reply, Rtm.RTM_NEWROUTE);
        int prefix = reply.octet(PREFIX);
        return new Route(
                entry.attributes()
                        .bytes(RTA_DST)
                        .filter(Entry::isAddress)
                        .map(bytes -> new Subnet(IpAddress.of(bytes), prefix))
                        .orElse(null),
                reply.octet(FAMILY) == Entry.AF_INET,
                entry.attributes().integer(RTA_OIF).orElse(0),
                reply.octet(PROTOCOL),
                reply.octet(TYPE) == RTN_UNICAST && reply.octet(TABLE) != RT_TABLE_LOCAL,
                entry);
    }

    /** The route of one address, straight to an interface. */
    public static Route toHost(IpAddress address, Link link) {
        byte[] head = new byte[Rtm.RTM_NEWROUTE.headBytes()];
        head[FAMILY] = Entry.family(address);
        head[PREFIX] = (byte) address.bits();
        head[TABLE] = (byte) RT_TABLE_MAIN;
        head[PROTOCOL] = XCS;
        head[SCOPE] = (byte) (address.isV4() ? RT_SCOPE_LINK : 0);
        head[TYPE] = RTN_UNICAST;
        Attributes attributes = new Attributes().put(RTA_DST, address.bytes()).put32(RTA_OIF, link.index());
        if (!address.isV4()) {
            attributes.put32(RTA_PRIORITY, V6_HOST_PRIORITY);
        }
        return new Route(Subnet.host(address), address.isV4(), link.index(), XCS, true, new Entry(head, attributes));
    }

    /** Whether it is an administrator's, a daemon's or ours, and not one that the kernel makes and removes by itself. */
    public boolean isDeliberate() {
        return unicast && protocol != KERNEL && protocol != RTPROT_REDIRECT;
    }

    public boolean isDirect() {
        return entry.attributes().bytes(RTA_GATEWAY).isEmpty();
    }

    public boolean leadsTo(Link link) {
        return interfaceIndex == link.index();
    }

    /** The same to another interface. One that was learnt keeps its end. */
    public Route on(Link other) {
        byte[] head = entry.head();
        ByteBuffer flags = Attributes.order(ByteBuffer.wrap(head));
        flags.putInt(FLAGS, flags.getInt(FLAGS) & RTNH_F_ONLINK);
        Attributes attributes = entry.attributes()
                .copy()
                .remove(RTA_CACHEINFO)
                .remove(RTA_NH_ID)
                .put32(RTA_OIF, other.index());
        secondsLeft().ifPresent(seconds -> attributes.put32(RTA_EXPIRES, seconds));
        return new Route(to, v4, other.index(), protocol, unicast, new Entry(head, attributes));
    }

    private Optional<Integer> secondsLeft() {
        return entry.attributes()
                .bytes(RTA_CACHEINFO)
                .filter(info -> !v4 && info.length >= EXPIRES_IN_CACHEINFO + Integer.BYTES)
                .map(info -> Attributes.order(ByteBuffer.wrap(info)).getInt(EXPIRES_IN_CACHEINFO))
                .filter(ticks -> ticks > 0)
                .map(ticks -> Math.max(1, ticks / TICKS_PER_SECOND));
    }

    /**
     * In IPv4 in the place of one with the same target and metric. In IPv6 beside it, because there such routes of several interfaces live
     * side by side, and any of them would be replaced.
     */
    public NetlinkRequest addition() {
        return NetlinkRequest.change(
                Rtm.RTM_NEWROUTE,
                NetlinkRequest.NLM_F_CREATE | (v4 ? NetlinkRequest.NLM_F_REPLACE : NetlinkRequest.NLM_F_APPEND),
                entry.head(),
                entry.attributes(),
                subject());
    }

    public NetlinkRequest removal() {
        return NetlinkRequest.change(Rtm.RTM_DELROUTE, 0, entry.head(), entry.attributes(), subject());
    }

    private String subject() {
        return to == null ? (v4 ? "default" : "default, IPv6") : to.toString();
    }
}
