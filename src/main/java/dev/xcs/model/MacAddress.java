package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The address of an Ethernet interface that one guest can have: neither multicast nor all zero.
 *
 * @param text six pairs of lower-case hexadecimal digits with colons between
 */
public record MacAddress(@JsonValue String text) {
    private static final Pattern FORM = Pattern.compile("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}");
    private static final String EXPECTED = "six pairs of hexadecimal digits like 00:16:3e:01:02:03";

    /** The Xen project's, of which 24 bits are left to choose (xl-network-configuration(5)). */
    private static final String XEN_PREFIX = "00:16:3e";

    /** @throws ProblemException of the field {@code mac} */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public MacAddress {
        check(text, FORM.matcher(text).matches(), EXPECTED);
        text = text.toLowerCase(Locale.ROOT);
        check(text, !text.equals("00:00:00:00:00:00"), "an address that is not all zero");
        check(
                text,
                (Integer.parseInt(text.substring(0, 2), 16) & 1) == 0,
                "the address of one interface: this is a multicast address, its first byte is odd");
    }

    /** @throws ProblemException of the field {@code mac} */
    public static MacAddress parse(String text) {
        return new MacAddress(text);
    }

    /**
     * One of Xen's own range that is always the same for the same domain and interface.
     *
     * @param attempt from 0; each gives another, for when one is taken
     */
    public static MacAddress generated(UUID domain, int index, int attempt) {
        byte[] hash = sha256(domain + "/" + index + "/" + attempt);
        return new MacAddress(String.format("%s:%02x:%02x:%02x", XEN_PREFIX, hash[0], hash[1], hash[2]));
    }

    /** One that nobody's hardware has (locally administered), always the same for the same name. */
    public static MacAddress ofName(String name) {
        byte[] hash = sha256(name);
        return new MacAddress(String.format(
                "%02x:%02x:%02x:%02x:%02x:%02x", (hash[0] & 0xfc) | 2, hash[1], hash[2], hash[3], hash[4], hash[5]));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static void check(String text, boolean good, String expected) {
        if (!good) {
            throw Problem.invalidField("mac", text, expected).toException();
        }
    }

    /** Six of them. */
    public byte[] bytes() {
        byte[] bytes = new byte[6];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(text.substring(3 * i, 3 * i + 2), 16);
        }
        return bytes;
    }

    @Override
    public String toString() {
        return text;
    }
}
