package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;

/** The Internet checksum (RFC 1071). */
final class Checksum {
    private Checksum() {}

    /** Of a header or message; 0 if one that is right is among the bytes. */
    static int of(byte[] bytes) {
        return fold(sum(bytes, 0));
    }

    /** Of a message with the pseudo-header that UDP, TCP and ICMPv6 have; 0 if one that is right is among the bytes. */
    static int of(IpAddress from, IpAddress to, int protocol, byte[] message) {
        long sum = sum(from.bytes(), sum(to.bytes(), protocol + (long) message.length));
        return fold(sum(message, sum));
    }

    private static long sum(byte[] bytes, long before) {
        long sum = before;
        for (int i = 0; i < bytes.length; i++) {
            sum += (long) (bytes[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >> 16 != 0) {
            folded = (folded & 0xffff) + (folded >> 16);
        }
        return (int) ~folded & 0xffff;
    }
}
