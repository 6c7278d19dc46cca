package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.MacAddress;
import java.nio.ByteBuffer;

/** What is to become of an interface, collected until it is sent in one message. */
public final class LinkChange {
    private static final int IFLA_AF_SPEC = 26;
    private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
    private static final int IN6_ADDR_GEN_MODE_EUI64 = 0;
    private static final int IN6_ADDR_GEN_MODE_NONE = 1;
    private static final int IFLA_BR_FORWARD_DELAY = 1;
    private static final int IFLA_BR_STP_STATE = 5;
    private static final int AF_INET6 = 10;
    private static final int INDEX = 4;
    private static final int FLAGS = 8;
    private static final int CHANGED = 12;

    private final Attributes attributes = new Attributes();
    private final int messageFlags;
    private final int index;
    private final String subject;
    private int flags;
    private int changed;

    private LinkChange(int messageFlags, int index, String subject) {
        this.messageFlags = messageFlags;
        this.index = index;
        this.subject = subject;
    }

    public static LinkChange of(Link link) {
        return new LinkChange(0, link.index(), link.name());
    }

    /** Of one that is known by its name only, because it is made by the message before. */
    public static LinkChange ofNamed(String name) {
        LinkChange change = new LinkChange(0, 0, name);
        change.attributes.put(Link.IFLA_IFNAME, name);
        return change;
    }

    /** A new bridge that neither waits before it forwards nor takes part in spanning trees. */
    public static LinkChange newBridge(String name) {
        Attributes data = new Attributes().put32(IFLA_BR_FORWARD_DELAY, 0).put32(IFLA_BR_STP_STATE, 0);
        return create(name, "bridge", data);
    }

    /** A new VLAN of an interface. */
    public static LinkChange newVlan(String name, Link under, int tag) {
        LinkChange made = create(name, "vlan", new Attributes().put16(Link.IFLA_VLAN_ID, tag));
        made.attributes.put32(Link.IFLA_LINK, under.index());
        return made;
    }

    private static LinkChange create(String name, String kind, Attributes data) {
        LinkChange made = new LinkChange(NetlinkRequest.NLM_F_CREATE | NetlinkRequest.NLM_F_EXCL, 0, name);
        made.attributes.put(Link.IFLA_IFNAME, name);
        made.attributes.put(
                Link.IFLA_LINKINFO,
                new Attributes().put(Link.IFLA_INFO_KIND, kind).put(Link.IFLA_INFO_DATA, data));
        return made;
    }

    /** Only while it is down. */
    public LinkChange name(String name) {
        attributes.put(Link.IFLA_IFNAME, name);
        return this;
    }

    public LinkChange mac(MacAddress mac) {
        attributes.put(Link.IFLA_ADDRESS, mac.bytes());
        return this;
    }

    public LinkChange mtu(int mtu) {
        attributes.put32(Link.IFLA_MTU, mtu);
        return this;
    }

    /** @param masterIndex the number of a bridge; 0 to leave the one it is on */
    public LinkChange master(int masterIndex) {
        attributes.put32(Link.IFLA_MASTER, masterIndex);
        return this;
    }

    public LinkChange alias(String alias) {
        attributes.put(Link.IFLA_IFALIAS, alias);
        return this;
    }

    /**
     * Whether dom0 gives itself a link-local IPv6 address on it when it goes up, by which its guests could reach it. The kernel looks at that
     * after it has set an interface up, so it belongs into a message before.
     */
    public LinkChange linkLocal(boolean wanted) {
        Attributes inet6 = new Attributes()
                .put8(IFLA_INET6_ADDR_GEN_MODE, wanted ? IN6_ADDR_GEN_MODE_EUI64 : IN6_ADDR_GEN_MODE_NONE);
        attributes.put(IFLA_AF_SPEC, new Attributes().put(AF_INET6, inet6));
        return this;
    }

    public LinkChange up(boolean wanted) {
        flags = wanted ? Link.IFF_UP : 0;
        changed = Link.IFF_UP;
        return this;
    }

    public NetlinkRequest request() {
        return NetlinkRequest.change(Rtm.RTM_NEWLINK, messageFlags, head(), attributes.copy(), subject);
    }

    /** Takes the interface away. */
    public NetlinkRequest removal() {
        return NetlinkRequest.change(Rtm.RTM_DELLINK, 0, head(), new Attributes(), subject);
    }

    private byte[] head() {
        ByteBuffer head = Attributes.order(ByteBuffer.allocate(Rtm.RTM_NEWLINK.headBytes()));
        return head.putInt(INDEX, index)
                .putInt(FLAGS, flags)
                .putInt(CHANGED, changed)
                .array();
    }
}
