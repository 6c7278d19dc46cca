package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.MacAddress;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifPort;
import dev.xcs.testing.Await;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Networks on a real Open vSwitch, as root: dom0, two guests and a host outside are network namespaces. The outside, 192.0.2.2, is behind dom0's
 * eth0 with 192.0.2.1.
 */
class OpenVswitchTest {
    private static final VifGuard OPEN = new VifGuard(null, List.of(), true, true, false);
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private NetworkNamespace before;
    private NetworkNamespace dom0;
    private NetworkNamespace guest;
    private NetworkNamespace other;
    private NetworkNamespace outside;
    private OpenVswitchHost host;
    private LinuxNetworkDevices devices;

    @BeforeEach
    void wire() throws Exception {
        NetworkNamespace.requireRoot();
        before = NetworkNamespace.current();
        dom0 = NetworkNamespace.create();
        guest = NetworkNamespace.create();
        other = NetworkNamespace.create();
        outside = NetworkNamespace.create();
        dom0.enter();
        host = OpenVswitchHost.start(directory);
        ip("link add eth0 type veth peer name far0");
        ip("link set far0 name eth0 netns " + outside.path());
        ip("addr add 192.0.2.1/24 dev eth0");
        ip("link set eth0 up");
        ip("route add default via 192.0.2.2");
        outside.in(() -> ip("addr add 192.0.2.2/24 dev eth0") + ip("link set eth0 up"));
        devices = LinuxNetworkDevices.open(
                MadeUpSystem.libc(), XenLibraries::loadNftables, Path.of("/"), List.of(host.programs()));
    }

    @AfterEach
    void leave() {
        if (devices != null) {
            devices.close();
        }
        if (host != null) {
            host.close();
        }
        if (before != null) {
            before.enter();
            List.of(before, dom0, guest, other, outside).forEach(NetworkNamespace::close);
        }
    }

    private static String ip(String arguments) {
        return NetworkNamespace.ip(arguments);
    }

    private static HostNetwork network(String name, @Nullable String uplink, @Nullable Integer vlan) {
        MacAddress mac = MacAddress.ofName(name);
        return new HostNetwork(name, "xcs-" + name, true, mac, null, 0, 1400, uplink, vlan, null, List.of(), false);
    }

    private void connect(String vif, @Nullable String bridge, boolean openVswitch, @Nullable Integer vlan) {
        devices.connect(new VifPort(vif, vif, 1400, bridge, openVswitch, vlan, List.of(), null, OPEN));
    }

    private static void plug(String vif, NetworkNamespace guest, String address) throws Exception {
        ip("link add " + vif + " type veth peer name far0");
        ip("link set far0 name eth0 netns " + guest.path());
        guest.in(() -> ip("addr add " + address + "/24 dev eth0") + ip("link set eth0 up"));
    }

    /** By ICMP: what TCP leaves to network cards to sum up, bridges of user space pass on as it is. */
    private static boolean reaches(NetworkNamespace from, String address) throws Exception {
        return from.in(() -> InetAddress.getByName(address).isReachable(1000));
    }

    private static void awaitReached(NetworkNamespace from, String address) throws Exception {
        Await.until(address + " is reached", SOON, () -> reaches(from, address));
    }

    @Test
    void bridgesAnUplinkAndLeavesNothing() throws Exception {
        String addresses = ip("-o addr show eth0").replaceAll("^\\d+: ", "");
        devices.make(network("lan", "eth0", null));
        devices.make(network("lan", "eth0", null));

        assertThat(devices.made()).containsExactly("lan");
        assertThat(ip("addr show xcs-lan"))
                .contains("192.0.2.1/24", "mtu 1400", MacAddress.ofName("lan").text());
        assertThat(ip("addr show eth0")).doesNotContain("192.0.2.1");
        assertThat(host.control("list-ports xcs-lan")).isEqualTo("eth0\n");
        awaitReached(dom0, "192.0.2.2");

        plug("vif5.0", guest, "192.0.2.9");
        connect("vif5.0", "xcs-lan", true, null);
        awaitReached(guest, "192.0.2.2");
        ip("link del vif5.0");
        devices.disconnect("vif5.0");
        assertThat(host.control("list-ports xcs-lan")).isEqualTo("eth0\n");

        devices.remove("lan");
        devices.remove("lan");
        assertThat(host.control("list-br")).isEmpty();
        assertThat(devices.made()).isEmpty();
        assertThat(ip("-o addr show eth0").replaceAll("^\\d+: ", "")).isEqualTo(addresses);
        assertThat(ip("route")).contains("default via 192.0.2.2 dev eth0");
        awaitReached(dom0, "192.0.2.2");
    }

    @Test
    void keepsVlansApart() throws Exception {
        devices.make(network("lan", null, null));
        plug("vif5.0", guest, "10.1.0.5");
        plug("vif6.0", other, "10.1.0.6");
        connect("vif5.0", "xcs-lan", true, 7);
        connect("vif6.0", "xcs-lan", true, 7);
        awaitReached(guest, "10.1.0.6");

        connect("vif6.0", "xcs-lan", true, 8);
        assertThat(host.control("get port vif6.0 tag")).isEqualTo("8\n");
        Await.until("it is out of reach", SOON, () -> !reaches(guest, "10.1.0.6"));

        connect("vif5.0", "xcs-lan", true, null);
        connect("vif6.0", "xcs-lan", true, null);
        assertThat(host.control("get port vif6.0 tag")).isEqualTo("[]\n");
        awaitReached(guest, "10.1.0.6");
    }

    @Test
    void movesVifsFromBridgeToBridge() throws Exception {
        devices.make(network("one", null, null));
        devices.make(network("two", null, null));
        ip("link add br0 type bridge");
        ip("link set br0 up");
        plug("vif5.0", guest, "10.1.0.5");

        connect("vif5.0", "xcs-one", true, 7);
        connect("vif5.0", "xcs-two", true, null);
        assertThat(host.control("list-ports xcs-one")).isEmpty();
        assertThat(host.control("list-ports xcs-two")).isEqualTo("vif5.0\n");

        connect("vif5.0", "br0", false, null);
        assertThat(host.control("list-ports xcs-two")).isEmpty();
        assertThat(ip("link show vif5.0")).contains("master br0");

        connect("vif5.0", "xcs-one", true, null);
        assertThat(ip("link show vif5.0")).doesNotContain("master br0");
        assertThat(host.control("list-ports xcs-one")).isEqualTo("vif5.0\n");

        // As a link that is down, on no bridge.
        connect("vif5.0", null, true, null);
        assertThat(host.control("list-ports xcs-one")).isEmpty();
    }

    @Test
    void leavesWhatItDidNotMake() {
        host.control("add-br theirs");
        host.control("add-br xcs-lan");

        ProblemException e =
                catchThrowableOfType(ProblemException.class, () -> devices.make(network("lan", null, null)));

        assertThat(e.problem().type()).isEqualTo(ProblemType.CONFLICT);
        devices.remove("lan");
        devices.remove("theirs");
        assertThat(host.control("list-br")).isEqualTo("theirs\nxcs-lan\n");
    }

    @Test
    void lettingGoOfAVifDoesNotNeedADatabase() throws Exception {
        ip("link add br0 type bridge");
        plug("vif5.0", guest, "10.1.0.5");
        VifGuard guard = new VifGuard(MacAddress.ofName("guest"), List.of(), false, false, false);
        devices.connect(new VifPort("vif5.0", "vif5.0", 1500, "br0", false, null, List.of(), null, guard));
        host.close();

        devices.disconnect("vif5.0");

        assertThat(devices.guarded()).isEmpty();
        assertThat(ip("link show vif5.0")).doesNotContain("master");
        assertThat(devices.made()).isEmpty();
    }

    @Test
    void saysWhyABridgeDoesNotWork() {
        host.control("add-br theirs");
        host.control("add-port theirs eth0");

        ProblemException e =
                catchThrowableOfType(ProblemException.class, () -> devices.make(network("lan", "eth0", null)));

        assertThat(e.problem().detail()).contains("eth0", "theirs");
        devices.remove("lan");
        assertThat(host.control("list-br")).isEqualTo("theirs\n");
        assertThat(ip("addr show eth0")).contains("192.0.2.1/24");
    }
}
