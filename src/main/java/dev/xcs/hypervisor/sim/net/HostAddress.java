package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.ProblemException;
import dev.xcs.model.Subnet;
import java.util.Optional;

/**
 * An address of an interface.
 *
 * @param prefix how many of its bits its subnet has in common
 */
public record HostAddress(IpAddress ip, int prefix) {
    /** Reads {@code ADDRESS/PREFIX}, or an address alone, which is a subnet of its own. */
    public static Optional<HostAddress> parse(String text) {
        int slash = text.indexOf('/');
        try {
            IpAddress ip = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
            String prefix = slash < 0 ? String.valueOf(ip.bits()) : text.substring(slash + 1);
            boolean good = prefix.matches("[0-9]{1,3}") && Integer.parseInt(prefix) <= ip.bits();
            return good ? Optional.of(new HostAddress(ip, Integer.parseInt(prefix))) : Optional.empty();
        } catch (ProblemException e) {
            return Optional.empty();
        }
    }

    public Subnet subnet() {
        return new Subnet(filled(0), prefix);
    }

    /** The last of its subnet, which reaches all of it in IPv4. */
    public IpAddress broadcast() {
        return filled(0xff);
    }

    /** The address with the bits beyond the prefix replaced. */
    private IpAddress filled(int with) {
        byte[] bytes = ip.bytes();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.max(0, Math.min(8, prefix - 8 * i));
            int mask = 0xff00 >> kept & 0xff;
            bytes[i] = (byte) (bytes[i] & mask | with & ~mask);
        }
        return IpAddress.of(bytes);
    }

    /** Dotted, as IPv4's tools print it. */
    public IpAddress netmask() {
        return new HostAddress(Addresses.BROADCAST, prefix).filled(0);
    }

    @Override
    public String toString() {
        return ip + "/" + prefix;
    }
}
