package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.PortForward;
import dev.xcs.model.PortForward.Protocol;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Networks on this machine's kernel, as root: dom0, a guest and a host outside are network namespaces. The outside, 192.0.2.2, is behind dom0's
 * eth0 with 192.0.2.1, and knows no way to the guests.
 */
class LinuxNetworksTest {
    private static final VifGuard OPEN = new VifGuard(null, List.of(), true, true, false);
    private static final IpAddress GUEST = new IpAddress("10.80.0.5");
    private static final int PATIENCE_MILLIS = 3000;
    private static final Path BRIDGE_NETFILTER = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");

    private NetworkNamespace before;
    private NetworkNamespace dom0;
    private NetworkNamespace guest;
    private NetworkNamespace outside;
    private LinuxNetworkDevices devices;
    private String clean = "";

    @BeforeEach
    void wire() throws Exception {
        NetworkNamespace.requireRoot();
        before = NetworkNamespace.current();
        dom0 = NetworkNamespace.create();
        guest = NetworkNamespace.create();
        outside = NetworkNamespace.create();
        dom0.enter();
        if (Files.exists(BRIDGE_NETFILTER)) {
            // Where br_netfilter is on, the bridge itself sends a guest's own forward back, and it does not do that by
            // the port it came from.
            NetworkNamespace.run("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=0");
        }
        ip("link add eth0 address 52:54:00:00:00:01 type veth peer name far0");
        ip("link set far0 name eth0 netns " + outside.path());
        ip("addr add 192.0.2.1/24 dev eth0");
        ip("-6 addr add fd02::1/64 dev eth0 nodad");
        ip("link set eth0 up");
        ip("route add default via 192.0.2.2 metric 100");
        ip("-6 route add 2001:db8::/32 via fd02::2 dev eth0");
        outside.in(() -> ip("addr add 192.0.2.2/24 dev eth0")
                + ip("-6 addr add fd02::2/64 dev eth0 nodad")
                + ip("link set eth0 up"));
        devices = open(XenLibraries::loadNftables);
        clean = state();
    }

    private static LinuxNetworkDevices open(Supplier<LibNftables> nftables) {
        return LinuxNetworkDevices.open(MadeUpSystem.libc(), nftables, Path.of("/"), List.of());
    }

    @AfterEach
    void leave() {
        if (before != null) {
            devices.close();
            before.enter();
            List.of(before, dom0, guest, outside).forEach(NetworkNamespace::close);
        }
    }

    private static String ip(String arguments) {
        return NetworkNamespace.ip(arguments);
    }

    /** Everything that a network may leave behind in dom0. */
    private static String state() {
        // Neither what the kernel learns by itself, nor in which order things came to be.
        return sorted(ip("-o link")
                        .replaceAll("(?m)^\\d+: ", "")
                        .replaceAll(" state \\w+", "")
                        .replace("NO-CARRIER,", "")
                        .replace(",LOWER_UP", ""))
                + sorted(ip("-o addr")
                        .replaceAll("(?m)^\\d+: ", "")
                        .replaceAll("(?m)^eth0 .* fe80:.*\\n", "")
                        .replace(" tentative", ""))
                + sorted((ip("route") + ip("-6 route")).replace(" linkdown", ""))
                + ip("neigh show proxy")
                + NetworkNamespace.run("nft", "list", "ruleset")
                + NetworkNamespace.run("sysctl", "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding");
    }

    private static String sorted(String lines) {
        return String.join("\n", lines.lines().sorted().toList()) + "\n";
    }

    private void plugGuest(String bridge) {
        ip("link add vif5.0 type veth peer name far5");
        ip("link set far5 name eth0 netns " + guest.path());
        devices.connect(new VifPort("vif5.0", "vif5.0", 1500, bridge, false, null, List.of(), null, OPEN));
    }

    private static HostNetwork nat(@Nullable String uplink, PortForward... forwards) {
        return new HostNetwork(
                "inside",
                "xcs-inside",
                false,
                MacAddress.ofName("inside"),
                new IpAddress("10.80.0.1"),
                24,
                1500,
                uplink,
                null,
                Subnet.parse("10.80.0.0/24"),
                List.of(forwards),
                true);
    }

    private static HostNetwork bridge(String uplink) {
        MacAddress mac = MacAddress.ofName("lan");
        return new HostNetwork("lan", "xcs-lan", false, mac, null, 0, 1500, uplink, null, null, List.of(), false);
    }

    private static HostNetwork routed(String name) {
        MacAddress mac = MacAddress.ofName(name);
        return new HostNetwork(name, null, false, mac, null, 0, 1500, null, null, null, List.of(), true);
    }

    private void addressGuest() throws Exception {
        guest.in(() ->
                ip("addr add 10.80.0.5/24 dev eth0") + ip("link set eth0 up") + ip("route add default via 10.80.0.1"));
    }

    private static ServerSocket listen(NetworkNamespace where, int port) throws Exception {
        return where.in(() -> {
            ServerSocket server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress("0.0.0.0", port));
            server.setSoTimeout(PATIENCE_MILLIS);
            return server;
        });
    }

    /** Whom a server saw; connects from another namespace. */
    private static String seenFrom(NetworkNamespace client, String address, int port, ServerSocket server)
            throws Exception {
        CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> {
            try (Socket accepted = server.accept()) {
                accepted.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                return ((InetSocketAddress) accepted.getRemoteSocketAddress())
                        .getAddress()
                        .getHostAddress();
            } catch (IOException e) {
                return e.toString();
            }
        });
        String answer = client.in(() -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), PATIENCE_MILLIS);
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            }
        });
        assertThat(answer).isEqualTo("hello");
        return seen.get();
    }

    private static boolean refused(NetworkNamespace client, String address, int port) throws Exception {
        return client.in(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), 700);
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }

    @Test
    void hidesGuestsBehindDom0AndLeavesNothing() throws Exception {
        devices.make(nat(null));
        plugGuest("xcs-inside");
        addressGuest();
        try (ServerSocket server = listen(outside, 7000)) {
            assertThat(seenFrom(guest, "192.0.2.2", 7000, server)).isEqualTo("192.0.2.1");
        }
        outside.in(() -> ip("route add 10.80.0.0/24 via 192.0.2.1"));
        try (ServerSocket server = listen(guest, 7001)) {
            assertThat(refused(outside, "10.80.0.5", 7001)).isTrue();
            assertThat(seenFrom(dom0, "10.80.0.5", 7001, server)).isEqualTo("10.80.0.1");
        }

        ip("link del vif5.0");
        devices.remove("inside");
        assertThat(state()).isEqualTo(clean);
    }

    @Test
    void leadsForwardsToGuestsFromEverywhere() throws Exception {
        devices.make(nat("eth0", new PortForward(Protocol.TCP, null, 8080, GUEST, 80)));
        plugGuest("xcs-inside");
        addressGuest();
        try (ServerSocket server = listen(guest, 80)) {
            assertThat(ip("link show eth0")).as("not on the guests' side").doesNotContain("master");
            assertThat(seenFrom(outside, "192.0.2.1", 8080, server)).isEqualTo("192.0.2.2");
            assertThat(seenFrom(dom0, "192.0.2.1", 8080, server)).isEqualTo("192.0.2.1");
            assertThat(seenFrom(dom0, "127.0.0.1", 8080, server)).isEqualTo("10.80.0.1");
            assertThat(seenFrom(guest, "192.0.2.1", 8080, server)).isEqualTo("10.80.0.1");
            outside.in(() -> ip("route add 10.80.0.0/24 via 192.0.2.1"));
            assertThat(refused(outside, "10.80.0.5", 80)).as("past the forward").isTrue();

            devices.make(nat("eth0"));
            assertThat(refused(outside, "192.0.2.1", 8080)).as("without it").isTrue();
        }
    }

    @Test
    void doesNotLetGuestsReachDom0sLoopback() throws Exception {
        devices.make(nat(null, new PortForward(Protocol.TCP, null, 8080, GUEST, 80)));
        plugGuest("xcs-inside");
        addressGuest();
        try (ServerSocket ignored = listen(dom0, 7002)) {
            NetworkNamespace.run("sysctl", "-q", "net.ipv4.conf.xcs-inside.route_localnet");
            guest.in(() -> ip("addr del 127.0.0.1/8 dev lo")
                    + NetworkNamespace.run("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1")
                    + ip("route add 127.0.0.1/32 via 10.80.0.1"));
            assertThat(refused(guest, "127.0.0.1", 7002)).isTrue();
        }
    }

    @Test
    void keepsNetworksApart() throws Exception {
        devices.make(nat(null));
        plugGuest("xcs-inside");
        addressGuest();
        HostNetwork second = new HostNetwork(
                "second",
                "xcs-second",
                false,
                MacAddress.ofName("second"),
                new IpAddress("10.81.0.1"),
                24,
                1500,
                null,
                null,
                Subnet.parse("10.81.0.0/24"),
                List.of(),
                true);
        devices.make(second);
        ip("link del eth0");
        try (NetworkNamespace other = NetworkNamespace.create()) {
            ip("link add vif6.0 type veth peer name far6");
            ip("link set far6 name eth0 netns " + other.path());
            devices.connect(new VifPort("vif6.0", "vif6.0", 1500, "xcs-second", false, null, List.of(), null, OPEN));
            other.in(() -> ip("addr add 10.81.0.5/24 dev eth0")
                    + ip("link set eth0 up")
                    + ip("route add default via 10.81.0.1"));
            try (ServerSocket server = listen(other, 80)) {
                assertThat(refused(guest, "10.81.0.5", 80)).isTrue();
                assertThat(seenFrom(dom0, "10.81.0.5", 80, server)).isEqualTo("10.81.0.1");
            }
        }
    }

    @Test
    void turnsForwardingOffWithTheLastNetworkThatNeedsIt() {
        devices.make(routed("one"));
        devices.make(routed("two"));
        assertThat(state()).contains("net.ipv4.ip_forward = 1", "net.ipv6.conf.all.forwarding = 1");

        devices.remove("one");
        assertThat(devices.made()).containsExactly("two");
        assertThat(state()).contains("net.ipv4.ip_forward = 1");
        devices.make(routed("two"));
        devices.remove("two");

        assertThat(state()).isEqualTo(clean);
    }

    @Test
    void leavesForwardingOnWhereItWasOn() {
        NetworkNamespace.run("sysctl", "-qw", "net.ipv4.ip_forward=1");

        devices.make(routed("one"));
        devices.remove("one");

        assertThat(state()).contains("net.ipv4.ip_forward = 1");
    }

    @Test
    void bridgesAnUplinkAndKeepsDom0Connected() throws Exception {
        try (ServerSocket server = listen(outside, 7003)) {
            devices.make(bridge("eth0"));
            devices.make(bridge("eth0"));

            assertThat(seenFrom(dom0, "192.0.2.2", 7003, server)).isEqualTo("192.0.2.1");
            assertThat(ip("addr show dev eth0")).doesNotContain("192.0.2.1").contains("master xcs-lan");
            assertThat(ip("addr show dev xcs-lan")).contains("192.0.2.1/24", "fd02::1/64");
            assertThat(ip("route")).contains("default via 192.0.2.2 dev xcs-lan metric 100");
            assertThat(ip("-6 route")).contains("2001:db8::/32 via fd02::2 dev xcs-lan");
            assertThat(ip("-6 route")).doesNotContain("dev eth0 metric 1024");
            plugGuest("xcs-lan");
            guest.in(() -> ip("addr add 192.0.2.9/24 dev eth0") + ip("link set eth0 up"));
            assertThat(seenFrom(guest, "192.0.2.2", 7003, server)).isEqualTo("192.0.2.9");

            ip("link del vif5.0");
            devices.close();
            devices = open(XenLibraries::loadNftables);
            devices.remove("lan");
            assertThat(seenFrom(dom0, "192.0.2.2", 7003, server)).isEqualTo("192.0.2.1");
        }
        assertThat(state()).isEqualTo(clean);
    }

    @Test
    void leavesAnUplinkOfAnotherBridge() {
        ip("link add br0 type bridge");
        ip("link set eth0 master br0");

        ProblemException e = catchThrowableOfType(ProblemException.class, () -> devices.make(bridge("eth0")));

        assertThat(e.problem().type()).isEqualTo(ProblemType.CONFLICT);
        assertThat(ip("addr show dev eth0")).contains("192.0.2.1", "master br0");
        devices.remove("lan");
        assertThat(devices.made()).isEmpty();
    }

    @Test
    void reachesARoutedGuestByItsAddress() throws Exception {
        IpAddress v4 = new IpAddress("192.0.2.50");
        IpAddress v6 = new IpAddress("fd02::50");
        devices.make(routed("outer"));
        ip("link add vif5.0 type veth peer name far5");
        ip("link set far5 name eth0 netns " + guest.path());
        VifGuard own = new VifGuard(null, List.of(v4, v6), false, false, false);
        devices.connect(new VifPort("vif5.0", "vif5.0", 1500, null, false, null, List.of(v4, v6), "eth0", own));
        guest.in(() -> ip("addr add 192.0.2.50/32 dev eth0")
                + ip("-6 addr add fd02::50/128 dev eth0 nodad")
                + ip("link set eth0 up")
                + ip("route add default dev eth0")
                + ip("-6 route add default via fe80::fcff:ffff:feff:ffff dev eth0"));

        try (ServerSocket server = listen(guest, 80)) {
            assertThat(seenFrom(outside, "192.0.2.50", 80, server)).isEqualTo("192.0.2.2");
        }
        assertThat(ip("neigh show proxy")).contains("192.0.2.50 dev eth0", "fd02::50 dev eth0");
        devices.connect(new VifPort("vif5.0", "vif5.0", 1500, null, false, null, List.of(v4), "eth0", own));
        assertThat(ip("neigh show proxy")).contains("192.0.2.50 dev eth0").doesNotContain("fd02::50");
        assertThat(ip("-6 route")).doesNotContain("fd02::50");

        ip("link del vif5.0");
        devices.disconnect("vif5.0");
        devices.remove("outer");
        assertThat(state()).isEqualTo(clean);
    }

    @Test
    void saysWhichPackageIsMissingButOnlyWhenItIsNeeded() {
        Problem missing = Problem.of(ProblemType.IMPOSSIBLE, "libnftables.so.1 cannot be used");
        devices.close();
        devices = open(() -> {
            throw missing.toException();
        });

        devices.make(bridge("eth0"));
        plugGuest("xcs-lan");
        assertThat(devices.made()).containsExactly("lan");
        assertThat(devices.statistics(Set.of("vif5.0"))).hasSize(1);
        assertThat(catchThrowableOfType(ProblemException.class, () -> devices.make(nat(null)))
                        .problem())
                .isEqualTo(missing);
        devices.disconnect("vif5.0");
        devices.remove("inside");
        devices.remove("lan");
        ip("link del vif5.0");

        assertThat(state()).isEqualTo(clean);
    }

    @Test
    void doesNotSwitchWhatIsNotThere(@TempDir Path root) throws IOException {
        Path file = root.resolve("proc/sys/net/ipv4/ip_forward");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "0\n");
        devices.close();
        devices = LinuxNetworkDevices.open(MadeUpSystem.libc(), XenLibraries::loadNftables, root, List.of());

        devices.make(routed("one"));
        assertThat(Files.readString(file)).isEqualTo("1\n");
        devices.remove("one");
        assertThat(Files.readString(file)).isEqualTo("0\n");
        assertThat(state()).isEqualTo(clean);
    }
}
