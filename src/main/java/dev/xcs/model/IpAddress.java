package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address. Never a host name, and never one with a zone.
 *
 * @param text as Java prints it: four decimal numbers, or eight groups of hexadecimal digits
 */
public record IpAddress(@JsonValue String text) implements Comparable<IpAddress> {
    private static final String OCTET = "(0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])";
    private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");
    private static final int MAX_LENGTH = 45;

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
            return new IpAddress(InetAddress.getByAddress(bytes).getHostAddress());
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
                return InetAddress.getByName(text).getHostAddress();
            }
        } catch (UnknownHostException e) {
            throw new ProblemException(refused(text), e);
        }
        throw refused(text).toException();
    }

    private static Problem refused(String text) {
        return Problem.invalidField("ip", text, "an IPv4 or IPv6 address like 10.0.0.5 or fd00::5");
    }

    public boolean isV4() {
        return !text.contains(":");
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
