package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of addresses that have their first bits in common, in CIDR notation.
 *
 * @param base the first: its other bits are zero
 * @param prefix how many bits they have in common
 */
public record Subnet(IpAddress base, int prefix) {
    private static final Pattern FORM = Pattern.compile("([^/]+)/(\\d{1,3})");

    /** @throws ProblemException of the field {@code subnet} */
    public Subnet {
        String text = base + "/" + prefix;
        check(text, prefix >= 0 && prefix <= base.bits(), "a prefix length of 0 to " + base.bits());
        BigInteger size = BigInteger.ONE.shiftLeft(base.bits() - prefix);
        BigInteger over = base.number().mod(size);
        check(
                text,
                over.signum() == 0,
                "no bits beyond the prefix: " + IpAddress.of(base.number().subtract(over), base.isV4()) + "/" + prefix);
    }

    /** @throws ProblemException of the field {@code subnet} */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Subnet parse(String text) {
        Matcher form = FORM.matcher(text);
        check(text, form.matches(), "an address and a prefix length, like 10.80.0.0/24");
        return new Subnet(address(text, form.group(1)), Integer.parseInt(form.group(2)));
    }

    /** The one address. */
    public static Subnet host(IpAddress address) {
        return new Subnet(address, address.bits());
    }

    private static IpAddress address(String whole, String text) {
        try {
            return IpAddress.parse(text);
        } catch (ProblemException e) {
            throw new ProblemException(
                    Problem.invalidField("subnet", whole, "an address before the prefix length, like 10.80.0.0/24"), e);
        }
    }

    private static void check(String text, boolean good, String expected) {
        if (!good) {
            throw Problem.invalidField("subnet", text, expected).toException();
        }
    }

    public boolean contains(IpAddress address) {
        return address.bits() == base.bits()
                && address.number()
                        .shiftRight(base.bits() - prefix)
                        .equals(base.number().shiftRight(base.bits() - prefix));
    }

    public boolean overlaps(Subnet other) {
        return contains(other.base) || other.contains(base);
    }

    /** How many addresses there are, the first and the last included. */
    public BigInteger size() {
        return BigInteger.ONE.shiftLeft(base.bits() - prefix);
    }

    /** @param offset from the first, which is 0; below {@link #size} */
    public IpAddress at(long offset) {
        return IpAddress.of(base.number().add(BigInteger.valueOf(offset)), base.isV4());
    }

    @JsonValue
    @Override
    public String toString() {
        return base + "/" + prefix;
    }
}
