package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** An address that dom0 answers for on an interface, by ARP or neighbour advertisement, because it routes to it. */
public record Proxy(IpAddress address, int interfaceIndex) {
    private static final int NDA_DST = 1;
    private static final int NDA_PROTOCOL = 12;
    private static final int NTF_PROXY = 8;
    private static final int INDEX = 4;
    private static final int FLAGS = 10;

    public static NetlinkRequest dump() {
        byte[] head = new byte[Rtm.RTM_GETNEIGH.headBytes()];
        head[FLAGS] = NTF_PROXY;
        return NetlinkRequest.dump(Rtm.RTM_GETNEIGH, head);
    }

    /** Those of what a dump gave that we made; the kernel tells by the number of {@link Route#XCS}. */
    public static List<Proxy> decode(List<NetlinkReply> replies) {
        return replies.stream()
                .filter(reply -> reply.is(Rtm.RTM_NEWNEIGH) && (reply.octet(FLAGS) & NTF_PROXY) != 0)
                .filter(Proxy::isOurs)
                .flatMap(reply -> reply.attributes(Rtm.RTM_NEWNEIGH).bytes(NDA_DST).filter(Entry::isAddress).stream()
                        .map(bytes -> new Proxy(IpAddress.of(bytes), reply.number(INDEX))))
                .toList();
    }

    private static boolean isOurs(NetlinkReply reply) {
        return reply.attributes(Rtm.RTM_NEWNEIGH).integer(NDA_PROTOCOL).orElse(0) == Route.XCS;
    }

    public NetlinkRequest addition() {
        return request(Rtm.RTM_NEWNEIGH, NetlinkRequest.NLM_F_CREATE | NetlinkRequest.NLM_F_REPLACE);
    }

    public NetlinkRequest removal() {
        return request(Rtm.RTM_DELNEIGH, 0);
    }

    private NetlinkRequest request(Rtm type, int flags) {
        ByteBuffer head = Attributes.order(ByteBuffer.allocate(type.headBytes()));
        head.put(0, Entry.family(address)).putInt(INDEX, interfaceIndex).put(FLAGS, (byte) NTF_PROXY);
        Attributes attributes = new Attributes().put(NDA_DST, address.bytes()).put8(NDA_PROTOCOL, Route.XCS);
        return NetlinkRequest.change(type, flags, head.array(), attributes, "proxy of " + address);
    }
}
