package dev.xcs.hypervisor.xen.net;

import java.nio.ByteBuffer;

/** One message to the kernel: what is to be done, to what, and how it is written. */
public final class NetlinkRequest {
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_CREATE = 0x400;
    static final int NLM_F_APPEND = 0x800;

    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_ACK = 4;
    private static final int NLM_F_DUMP = 0x300;

    private final Rtm type;
    private final int flags;
    private final byte[] head;
    private final Attributes attributes;
    private final String subject;

    private NetlinkRequest(Rtm type, int flags, byte[] head, Attributes attributes, String subject) {
        this.type = type;
        this.flags = flags;
        this.head = head.clone();
        this.attributes = attributes;
        this.subject = subject;
    }

    /** @param subject what it is about, for whoever reads of its failure */
    static NetlinkRequest change(Rtm type, int flags, byte[] head, Attributes attributes, String subject) {
        return new NetlinkRequest(type, NLM_F_REQUEST | NLM_F_ACK | flags, head, attributes, subject);
    }

    /** Asks for all there is of a kind. */
    static NetlinkRequest dump(Rtm type, byte[] head) {
        return new NetlinkRequest(type, NLM_F_REQUEST | NLM_F_DUMP, head, new Attributes(), "all");
    }

    public Rtm type() {
        return type;
    }

    public String subject() {
        return subject;
    }

    /** With a head of its own, padded so that another may follow. */
    public byte[] encode(int sequence) {
        byte[] tail = attributes.encode();
        int length = NetlinkReply.HEAD_BYTES + Attributes.aligned(head.length) + tail.length;
        ByteBuffer out = Attributes.order(ByteBuffer.allocate(length));
        out.putInt(length).putShort((short) type.number()).putShort((short) flags);
        out.putInt(sequence).putInt(0);
        out.put(head).position(NetlinkReply.HEAD_BYTES + Attributes.aligned(head.length));
        return out.put(tail).array();
    }

    @Override
    public String toString() {
        return type + "(" + subject + ")";
    }
}
