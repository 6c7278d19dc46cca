package dev.xcs.network;

import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.Subnet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What dnsmasq is told, in the words of dnsmasq(8). All that comes from users has been checked for what it may contain. */
final class DnsmasqConfig {
    static final String PID = "pid";
    static final String HOSTS = "hosts";
    static final String DHCP = "dhcp";

    private static final String LEASE_TIME = "1h";
    private static final String FOREVER = "infinite";

    private DnsmasqConfig() {}

    /** The configuration file of one network. */
    static String of(NetworkSpec network, String bridge, IpAddress address, Path directory) {
        Subnet subnet = Objects.requireNonNull(network.subnet(), "a network that gives addresses has some");
        String domain = domain(network);
        List<String> lines = new ArrayList<>(List.of(
                "# Written by xcsd for its network " + network.name() + "; changes are lost.",
                "interface=" + bridge,
                "except-interface=lo",
                "bind-interfaces",
                "pid-file=" + directory.resolve(PID),
                "no-hosts",
                "domain-needed",
                "bogus-priv",
                "domain=" + domain,
                "local=/" + domain + "/",
                "expand-hosts",
                "hostsdir=" + directory.resolve(HOSTS),
                "dhcp-hostsdir=" + directory.resolve(DHCP),
                "dhcp-leasefile=" + directory.resolve("leases"),
                "dhcp-authoritative",
                // Only those that are named get one.
                "dhcp-range=" + subnet.base() + ",static," + mask(subnet) + "," + LEASE_TIME,
                "dhcp-option=option:router," + address,
                "dhcp-option=option:dns-server," + address));
        if (network.mtu() != null) {
            lines.add("dhcp-option=option:mtu," + network.mtu());
        }
        network.hosts().forEach((name, ip) -> lines.add("host-record=" + name + "," + ip));
        return String.join("\n", lines) + "\n";
    }

    private static String domain(NetworkSpec network) {
        return network.domain() == null ? network.name() : network.domain();
    }

    private static String mask(Subnet subnet) {
        int bits = (int) (0xffff_ffffL << (32 - subnet.prefix()));
        return IpAddress.of(new byte[] {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits})
                .text();
    }

    /** A line of a file in the directory of guests. */
    static String dhcp(Lease lease) {
        String name = host(lease.name());
        return lease.mac() + "," + lease.ip() + (name == null ? "" : "," + name) + "," + FOREVER + "\n";
    }

    /** A line of a file in the directory of names; null for a guest whose name is no DNS name. */
    static @Nullable String name(Lease lease) {
        String name = host(lease.name());
        return name == null ? null : lease.ip() + " " + name + "\n";
    }

    /** The name of a domain may have more in it than DNS allows. */
    private static @Nullable String host(@Nullable String name) {
        String lower = name == null ? "" : name.toLowerCase(Locale.ROOT);
        return lower.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?") ? lower : null;
    }
}
