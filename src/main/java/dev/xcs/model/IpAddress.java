package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * An IPv4 or IPv6 address. Never a host name, never one with a zone, and never an IPv4 address in the clothes of IPv6 ({@code ::ffff:10.0.0.5}).
 *
 * @param text four decimal numbers, or as RFC 5952 has it: {@code fd00::5}
 */
public record IpAddress(@JsonValue String text) implements Comparable<IpAddress> {
    private static final String OCTET = "(0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])";
    private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");
    private static final int MAX_LENGTH = 45;
    private static final int GROUPS = 8;

    /** @throws ProblemException of the field {@code ip} */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public IpAddress {
        text = canonical(text);
    }

    /** @throws ProblemException of the field {@code ip} */
    public static IpAddress parse(String text) {
        return new IpAddress(text);
    }

    /** @param bytes 4 or 16 of them */
    public static IpAddress of(byte[] bytes) {
        try {
            return new IpAddress(text(InetAddress.getByAddress(bytes), bytes.length));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }

    private static String canonical(String text) {
        boolean literal = text.length() <= MAX_LENGTH
                && (V4.matcher(text).matches() || V6.matcher(text).matches());
        try {
            if (literal) {
                // Never asks a server: what looks like a literal is one, or fails.
                return text(InetAddress.getByName(text), text.contains(":") ? 16 : 4);
            }
        } catch (UnknownHostException e) {
            throw new ProblemException(refused(text), e);
        }
        throw refused(text).toException();
    }

    /** Java makes an IPv4 address out of an IPv6 one that has one inside. */
    private static String text(InetAddress address, int length) {
        String text = address.getHostAddress();
        if (address.getAddress().length != length) {
            throw Problem.invalidField("ip", "::ffff:" + text, "an IPv4 address as such: " + text)
                    .toException();
        }
        return length == 4 ? text : shortened(text);
    }

    /** The longest run of groups that are zero, the first of several, but not a single one, becomes {@code ::}. */
    private static String shortened(String text) {
        return IntStream.iterate(GROUPS, length -> length > 1, length -> length - 1)
                .mapToObj(length -> "(^|:)0(:0){" + (length - 1) + "}(:|$)")
                .map(run -> text.replaceFirst(run, "::"))
                .filter(shorter -> !shorter.equals(text))
                .findFirst()
                .orElse(text);
    }

    private static Problem refused(String text) {
        return Problem.invalidField("ip", text, "an IPv4 or IPv6 address like 10.0.0.5 or fd00::5");
    }

    public boolean isV4() {
        return !text.contains(":");
    }

    /** Whether one host can have it: no multicast, broadcast or loopback address, and not one that means any. */
    public boolean isHost() {
        int first = bytes()[0] & 0xff;
        if (isV4()) {
            return first != 0 && first != 127 && first < 224;
        }
        return first != 0xff && number().bitLength() > 1;
    }

    public int bits() {
        return isV4() ? 32 : 128;
    }

    /** 4 or 16 of them. */
    public byte[] bytes() {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError("it was one when it was made", e);
        }
    }

    BigInteger number() {
        return new BigInteger(1, bytes());
    }

    static IpAddress of(BigInteger number, boolean v4) {
        byte[] bytes = new byte[v4 ? 4 : 16];
        byte[] digits = number.toByteArray();
        for (int i = 0; i < Math.min(bytes.length, digits.length); i++) {
            bytes[bytes.length - 1 - i] = digits[digits.length - 1 - i];
        }
        return of(bytes);
    }

    /** IPv4 before IPv6, then by number. */
    @Override
    public int compareTo(IpAddress other) {
        return bits() == other.bits() ? number().compareTo(other.number()) : Integer.compare(bits(), other.bits());
    }

    @Override
    public String toString() {
        return text;
    }
}
