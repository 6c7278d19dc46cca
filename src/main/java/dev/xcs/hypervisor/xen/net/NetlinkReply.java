package dev.xcs.hypervisor.xen.net;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One message of the kernel. */
public final class NetlinkReply {
    /** struct nlmsghdr: length, type, flags, sequence, port. */
    static final int HEAD_BYTES = 16;

    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;

    private final int type;
    private final int flags;
    private final int sequence;
    private final byte[] body;

    private NetlinkReply(int type, int flags, int sequence, byte[] body) {
        this.type = type;
        this.flags = flags;
        this.sequence = sequence;
        this.body = body;
    }

    /** All messages of a datagram; one that is cut off is left out. */
    public static List<NetlinkReply> decode(byte[] datagram) {
        List<NetlinkReply> found = new ArrayList<>();
        ByteBuffer in = Attributes.order(ByteBuffer.wrap(datagram));
        int at = 0;
        while (at + HEAD_BYTES <= datagram.length) {
            int length = in.getInt(at);
            if (length < HEAD_BYTES || length > datagram.length - at) {
                break;
            }
            found.add(new NetlinkReply(
                    Short.toUnsignedInt(in.getShort(at + 4)),
                    Short.toUnsignedInt(in.getShort(at + 6)),
                    in.getInt(at + 8),
                    Arrays.copyOfRange(datagram, at + HEAD_BYTES, at + length)));
            at += Attributes.aligned(length);
        }
        return found;
    }

    public int sequence() {
        return sequence;
    }

    public boolean is(Rtm wanted) {
        return type == wanted.number();
    }

    /** Whether it says that a request has been carried out or has failed. */
    public boolean isAnswer() {
        return type == NLMSG_ERROR;
    }

    /** Whether it is the last of a dump. */
    public boolean isDone() {
        return type == NLMSG_DONE;
    }

    /** Whether things changed while they were dumped, so that some may be missing. */
    public boolean isInterrupted() {
        return (flags & NLM_F_DUMP_INTR) != 0;
    }

    /** The errno of an answer, or of a dump that ended early; 0 for success. */
    public int errno() {
        return body.length < Integer.BYTES ? 0 : -number(0);
    }

    /** What the kernel says of an error in words (extended ACK); empty where it has none. */
    public String explanation() {
        if (!isAnswer() || (flags & NLM_F_ACK_TLVS) == 0) {
            return "";
        }
        // What follows the errno is the head of the request, and its body unless the answer is capped.
        int request = (flags & NLM_F_CAPPED) == 0 ? Attributes.aligned(number(Integer.BYTES)) : HEAD_BYTES;
        return Attributes.decode(body, Integer.BYTES + request, body.length)
                .text(NLMSGERR_ATTR_MSG)
                .orElse("");
    }

    Attributes attributes(Rtm of) {
        return Attributes.decode(body, Attributes.aligned(of.headBytes()), body.length);
    }

    byte[] head(Rtm of) {
        return Arrays.copyOf(body, of.headBytes());
    }

    int number(int at) {
        return Attributes.order(ByteBuffer.wrap(body)).getInt(at);
    }

    int octet(int at) {
        return Byte.toUnsignedInt(body[at]);
    }

    int half(int at) {
        return Short.toUnsignedInt(Attributes.order(ByteBuffer.wrap(body)).getShort(at));
    }
}
