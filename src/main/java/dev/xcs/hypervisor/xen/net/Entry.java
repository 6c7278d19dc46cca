package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.IpAddress;

/** What the kernel tells of an address, a route or a neighbour, kept whole, so that it can be told back with a change. */
final class Entry {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;

    private final byte[] head;
    private final Attributes attributes;

    Entry(byte[] head, Attributes attributes) {
        this.head = head.clone();
        this.attributes = attributes;
    }

    static Entry of(NetlinkReply reply, Rtm type) {
        return new Entry(reply.head(type), reply.attributes(type));
    }

    static byte family(IpAddress address) {
        return (byte) (address.isV4() ? AF_INET : AF_INET6);
    }

    static boolean isAddress(byte[] bytes) {
        return bytes.length == V4_BYTES || bytes.length == V6_BYTES;
    }

    byte[] head() {
        return head.clone();
    }

    Attributes attributes() {
        return attributes;
    }
}
