package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.Subnet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An expression of pcap-filter(7) on IP packets, as far as it is known here: protocols, senders and receivers with their ports, and bytes of a packet
 * beside a number. Anything else is refused, as the compiler does with what it does not know.
 */
final class PcapFilter {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(\\(|\\)|==|&|(?:ip6?|icmp6?)\\[\\d{1,3}(?::[124])?\\]|[A-Za-z0-9:./]+)");
    private static final Pattern BYTES = Pattern.compile("(ip6|icmp)\\[(\\d+)(?::(\\d))?\\]");

    private static final Map<String, Predicate<IpPacket>> PROTOCOLS = Map.of(
            "ip", IpPacket::isV4,
            "ip6", packet -> !packet.isV4(),
            "udp", packet -> packet.protocol() == IpPacket.UDP,
            "tcp", packet -> packet.protocol() == IpPacket.TCP,
            "icmp", packet -> packet.isV4() && packet.protocol() == IpPacket.ICMP,
            "icmp6", packet -> !packet.isV4() && packet.protocol() == IpPacket.ICMPV6);

    private static final int SHORTEST_PORTS = 4;

    private final List<String> tokens = new ArrayList<>();
    private int at;

    private PcapFilter(String text) {
        Matcher token = TOKEN.matcher(text);
        int end = 0;
        while (token.find() && token.start() == end) {
            tokens.add(token.group(1));
            end = token.end();
        }
        if (end != text.stripTrailing().length()) {
            throw new IllegalArgumentException("syntax error in filter expression: " + text.substring(end));
        }
    }

    /** @throws IllegalArgumentException with what is not understood */
    static Predicate<IpPacket> parse(String text) {
        PcapFilter parser = new PcapFilter(text);
        Predicate<IpPacket> filter = parser.alternatives();
        if (parser.at < parser.tokens.size()) {
            throw parser.unexpected();
        }
        return filter;
    }

    /** Unlike in most languages "and" and "or" bind alike there, from the left; a parenthesis tells what is meant. */
    private Predicate<IpPacket> alternatives() {
        Predicate<IpPacket> left = term();
        while (true) {
            if (skip("or")) {
                left = left.or(term());
            } else if (skip("and")) {
                left = left.and(term());
            } else {
                return left;
            }
        }
    }

    private Predicate<IpPacket> term() {
        if (skip("not")) {
            return term().negate();
        }
        if (skip("(")) {
            Predicate<IpPacket> inner = alternatives();
            require(")");
            return inner;
        }
        return primitive();
    }

    private Predicate<IpPacket> primitive() {
        String word = next();
        if (BYTES.matcher(word).matches()) {
            return relation(word);
        }
        if (word.equals("src") || word.equals("dst")) {
            return place(word.equals("src"), packet -> true);
        }
        Predicate<IpPacket> protocol = PROTOCOLS.get(word);
        if (protocol == null) {
            at--;
            throw unexpected();
        }
        if (skip("src")) {
            return place(true, protocol);
        }
        return skip("dst") ? place(false, protocol) : protocol;
    }

    private Predicate<IpPacket> place(boolean source, Predicate<IpPacket> protocol) {
        String what = next();
        String value = next();
        return switch (what) {
            case "host" -> protocol.and(packet -> end(source, packet).equals(IpAddress.parse(value)));
            case "net" -> {
                Subnet net = Subnet.parse(value);
                yield protocol.and(packet -> net.contains(end(source, packet)));
            }
            case "port" -> {
                int port = Integer.parseInt(value);
                yield protocol.and(packet -> port(source, packet) == port);
            }
            default -> throw new IllegalArgumentException("syntax error in filter expression: " + what);
        };
    }

    private static IpAddress end(boolean source, IpPacket packet) {
        return source ? packet.from() : packet.to();
    }

    private static int port(boolean source, IpPacket packet) {
        boolean ported = packet.protocol() == IpPacket.UDP || packet.protocol() == IpPacket.TCP;
        return !ported || packet.payload().length < SHORTEST_PORTS
                ? -1
                : ByteBuffer.wrap(packet.payload()).getShort(source ? 0 : 2) & 0xffff;
    }

    private Predicate<IpPacket> relation(String accessor) {
        Matcher bytes = BYTES.matcher(accessor);
        if (!bytes.matches()) {
            throw unexpected();
        }
        boolean v6 = bytes.group(1).equals("ip6");
        int offset = Integer.parseInt(bytes.group(2));
        int size = bytes.group(3) == null ? 1 : Integer.parseInt(bytes.group(3));
        long mask = skip("&") ? Long.decode(next()) : -1;
        require("==");
        long wanted = Long.decode(next());
        return packet -> {
            // Of icmp the bytes of its message, of ip6 those of the whole packet.
            boolean fits = v6 != packet.isV4() && (v6 || packet.protocol() == IpPacket.ICMP);
            byte[] all = v6 ? packet.encode() : packet.payload();
            return fits && offset + size <= all.length && (value(all, offset, size) & mask) == wanted;
        };
    }

    private static long value(byte[] bytes, int offset, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | (bytes[offset + i] & 0xff);
        }
        return value;
    }

    private boolean skip(String word) {
        boolean there = at < tokens.size() && tokens.get(at).equals(word);
        at += there ? 1 : 0;
        return there;
    }

    private void require(String word) {
        if (!skip(word)) {
            throw unexpected();
        }
    }

    private String next() {
        if (at == tokens.size()) {
            throw unexpected();
        }
        return tokens.get(at++);
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException(
                "syntax error in filter expression: " + (at < tokens.size() ? tokens.get(at) : "it ends too early"));
    }
}
