package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * An address of dom0 on an interface, with everything else that the kernel tells of it, so that it can be moved.
 *
 * @param interfaceIndex of its interface
 * @param ofLinkOnly whether it is worth nothing beyond its link (scope link or host)
 * @param entry as it came
 */
public record LinkAddress(int interfaceIndex, IpAddress address, int prefix, boolean ofLinkOnly, Entry entry) {
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_LABEL = 3;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_F_NODAD = 2;
    private static final int IFA_F_NOPREFIXROUTE = 0x200;
    private static final int IFA_F_MANAGETEMPADDR = 0x100;
    private static final int RT_SCOPE_LINK = 253;
    private static final int PREFIX = 1;
    private static final int SCOPE = 3;
    private static final int INDEX = 4;

    public static NetlinkRequest dump() {
        return NetlinkRequest.dump(Rtm.RTM_GETADDR, new byte[Rtm.RTM_GETADDR.headBytes()]);
    }

    /** Of what a dump gave. */
    public static List<LinkAddress> decode(List<NetlinkReply> replies) {
        return replies.stream()
                .filter(reply -> reply.is(Rtm.RTM_NEWADDR))
                .flatMap(reply -> decode(reply).stream())
                .toList();
    }

    private static List<LinkAddress> decode(NetlinkReply reply) {
        Entry entry = Entry.of(reply, Rtm.RTM_NEWADDR);
        // Of a point-to-point interface IFA_ADDRESS is the other end's.
        return entry
                .attributes()
                .bytes(IFA_LOCAL)
                .or(() -> entry.attributes().bytes(IFA_ADDRESS))
                .filter(Entry::isAddress)
                .map(bytes -> new LinkAddress(
                        reply.number(INDEX),
                        IpAddress.of(bytes),
                        reply.octet(PREFIX),
                        reply.octet(SCOPE) >= RT_SCOPE_LINK,
                        entry))
                .stream()
                .toList();
    }

    /** A new one, without the pause in which IPv6 looks for a duplicate: it is ours. */
    public static LinkAddress of(Link link, IpAddress address, int prefix) {
        byte[] head = new byte[Rtm.RTM_NEWADDR.headBytes()];
        head[0] = Entry.family(address);
        head[PREFIX] = (byte) prefix;
        Attributes.order(ByteBuffer.wrap(head)).putInt(INDEX, link.index());
        Attributes attributes = new Attributes()
                .put(IFA_LOCAL, address.bytes())
                .put(IFA_ADDRESS, address.bytes())
                .put32(IFA_FLAGS, address.isV4() ? 0 : IFA_F_NODAD);
        return new LinkAddress(link.index(), address, prefix, false, new Entry(head, attributes));
    }

    /** The same on another interface; its name there is that of the interface. */
    public LinkAddress on(Link other) {
        byte[] head = entry.head();
        Attributes.order(ByteBuffer.wrap(head)).putInt(INDEX, other.index());
        int flags = entry.attributes().integer(IFA_FLAGS).orElse(0) & (IFA_F_NOPREFIXROUTE | IFA_F_MANAGETEMPADDR);
        Attributes attributes = entry.attributes()
                .copy()
                .remove(IFA_LABEL)
                .put32(IFA_FLAGS, address.isV4() ? flags : flags | IFA_F_NODAD);
        return new LinkAddress(other.index(), address, prefix, ofLinkOnly, new Entry(head, attributes));
    }

    public NetlinkRequest addition() {
        return NetlinkRequest.change(
                Rtm.RTM_NEWADDR,
                NetlinkRequest.NLM_F_CREATE | NetlinkRequest.NLM_F_REPLACE,
                entry.head(),
                entry.attributes(),
                address + "/" + prefix);
    }

    public NetlinkRequest removal() {
        return NetlinkRequest.change(Rtm.RTM_DELADDR, 0, entry.head(), entry.attributes(), address + "/" + prefix);
    }
}
