package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.model.IpAddress;
import dev.xcs.model.ProblemException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a kernel command line says of an interface's address.
 *
 * @param address null to ask for one by DHCP
 * @param gateway null for none
 * @param device null for the first
 */
record BootAddress(
        @Nullable HostAddress address,
        @Nullable IpAddress gateway,
        @Nullable String device) {
    static final String FORM = "ip=ADDRESS/PREFIX[:GATEWAY[:DEVICE]], with , for : in IPv6, ip=dhcp[:DEVICE], "
            + "or Linux's ip=CLIENT:SERVER:GATEWAY:NETMASK:HOST:DEVICE:METHOD";

    private static final Set<String> DHCP = Set.of("dhcp", "on", "any");
    private static final int CLASSIC_LEAST = 4;
    private static final int CLASSIC_DEVICE = 5;
    private static final int CLASSIC_MOST = 10;

    /** Empty for what has not that form. */
    static Optional<BootAddress> parse(String value) {
        int slash = value.indexOf('/');
        boolean v6 = slash >= 0 && value.indexOf(':') >= 0 && value.indexOf(':') < slash;
        List<String> parts = Arrays.asList(value.split(v6 ? "," : ":", -1));
        try {
            if (slash >= 0) {
                return parts.size() > 3 ? Optional.empty() : of(parts.get(0), part(parts, 1), part(parts, 2));
            }
            return DHCP.contains(parts.get(0)) && parts.size() < 3
                    ? Optional.of(new BootAddress(null, null, part(parts, 1)))
                    : classic(parts);
        } catch (ProblemException e) {
            return Optional.empty();
        }
    }

    private static Optional<BootAddress> classic(List<String> parts) {
        if (parts.size() < CLASSIC_LEAST || parts.size() > CLASSIC_MOST) {
            return Optional.empty();
        }
        IpAddress mask = IpAddress.parse(parts.get(3));
        int prefix = 0;
        for (byte octet : mask.bytes()) {
            prefix += Integer.bitCount(octet & 0xff);
        }
        return of(parts.get(0) + "/" + prefix, part(parts, 2), part(parts, CLASSIC_DEVICE));
    }

    private static Optional<BootAddress> of(String address, @Nullable String gateway, @Nullable String device) {
        IpAddress router = gateway == null ? null : IpAddress.parse(gateway);
        return HostAddress.parse(address).map(parsed -> new BootAddress(parsed, router, device));
    }

    private static @Nullable String part(List<String> parts, int index) {
        return parts.size() > index && !parts.get(index).isEmpty() ? parts.get(index) : null;
    }
}
