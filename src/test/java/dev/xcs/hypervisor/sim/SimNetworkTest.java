package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.MacAddress;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifGuard;
import dev.xcs.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks of simulated guests: what passes between them, dom0 and the outside, and what does not. */
class SimNetworkTest {
    private static final String BRIDGE = "xenbr0";
    private static final IpAddress NAT_GATEWAY = IpAddress.parse("10.80.0.1");
    private static final IpAddress NAT_GUEST = IpAddress.parse("10.80.0.10");
    private static final IpAddress DOM0_OUTSIDE = IpAddress.parse("192.0.2.2");

    @TempDir
    Path dir;

    private final List<TestGuest> guests = new ArrayList<>();
    private SimHost host;
    private Hypervisor hypervisor;
    private NetworkDevices devices;

    @BeforeEach
    void switchOn() {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(10)), dir);
        hypervisor = host.hypervisor();
        devices = hypervisor.networkDevices();
    }

    @AfterEach
    void switchOff() {
        guests.forEach(TestGuest::close);
        host.close();
    }

    private TestGuest guest(String address) {
        return guest("sim:linux", "ip=" + address);
    }

    private TestGuest guest(String kernel, String cmdline) {
        TestGuest guest = TestGuest.booted(host, kernel, cmdline);
        guests.add(guest);
        guest.untilPrinted("# ");
        return guest;
    }

    private static String ping(TestGuest guest, String address) {
        return guest.answer("ping -c 2 -i 0.01 -W 0.3 " + address);
    }

    private static void assertReaches(TestGuest guest, String address) {
        assertThat(ping(guest, address)).contains("2 packets received");
    }

    private static void assertDoesNotReach(TestGuest guest, String address) {
        assertThat(ping(guest, address)).contains(" 0 packets received");
    }

    private static HostNetwork nat(List<PortForward> forwards) {
        return new HostNetwork(
                "inside",
                "xcs-inside",
                false,
                MacAddress.ofName("inside"),
                NAT_GATEWAY,
                24,
                1500,
                null,
                null,
                Subnet.parse("10.80.0.0/24"),
                forwards,
                true);
    }

    private static HostNetwork bridge(String name, @Nullable String uplink, @Nullable Integer vlan) {
        return new HostNetwork(
                name,
                "xcs-" + name,
                false,
                MacAddress.ofName(name),
                null,
                0,
                1500,
                uplink,
                vlan,
                null,
                List.of(),
                false);
    }

    private static HostNetwork routed() {
        return new HostNetwork(
                "routed", null, false, MacAddress.ofName("routed"), null, 0, 1500, "eth0", null, null, List.of(), true);
    }

    @Test
    void twoGuestsOnABridgePingEachOtherAndDom0() throws Exception {
        TestGuest one = guest("10.77.0.11/24");
        TestGuest two = guest("10.77.0.12/24");
        TestVif first = TestVif.attach(host, one, 0, BRIDGE);
        TestVif second = TestVif.attach(host, two, 0, BRIDGE);

        assertReaches(one, "10.77.0.12");
        assertReaches(two, "10.77.0.11");
        assertReaches(one, "10.77.0.1");
        assertThat(one.answer("arping -c 1 10.77.0.12")).contains("[" + second.mac + "]");
        assertThat(one.answer("arping -c 1 10.77.0.1"))
                .contains(MacAddress.ofName(BRIDGE).text());
        assertThat(first.statistics().transmittedPackets())
                .isEqualTo(first.statistics().receivedPackets())
                .isGreaterThan(6);
    }

    @Test
    void guestsReachEachOtherByIpv6() throws Exception {
        TestGuest one = guest("fd00::11/64");
        TestGuest two = guest("fd00::12/64");
        TestVif.attach(host, one, 0, BRIDGE);
        TestVif second = TestVif.attach(host, two, 0, BRIDGE);

        assertReaches(one, "fd00::12");
        String mac = second.mac.text();
        assertThat(one.answer("ip neigh")).contains("lladdr " + mac);
        second.connect(BRIDGE, second.guard("fd00::12"));
        assertReaches(two, "fd00::11");
    }

    @Test
    void framesOfAnySizeThatFitsPass() throws Exception {
        TestGuest one = guest("10.77.0.11/24");
        TestGuest two = guest("10.77.0.12/24");
        TestVif.attach(host, one, 0, BRIDGE);
        TestVif.attach(host, two, 0, BRIDGE);

        assertThat(one.answer("ping -c 1 -s 1472 10.77.0.12")).contains("1480 bytes from 10.77.0.12");
        assertThat(one.answer("ping -c 1 -W 0.2 -s 1473 10.77.0.12")).contains("Message too long");
    }

    @Test
    void bridgesKeepTheirGuestsApart() throws Exception {
        host.addBridge("br1");
        TestGuest one = guest("10.77.0.11/24");
        TestGuest two = guest("10.77.0.12/24");
        TestVif.attach(host, one, 0, BRIDGE);
        TestVif second = TestVif.attach(host, two, 0, "br1");

        assertDoesNotReach(one, "10.77.0.12");
        assertThat(second.statistics().receivedPackets()).isZero();

        second.connect(BRIDGE, TestVif.OPEN);
        assertReaches(one, "10.77.0.12");
        second.connect("br1", TestVif.OPEN);
        assertDoesNotReach(one, "10.77.0.12");
    }

    @Test
    void aGuardStopsAndCountsWhatIsForged() throws Exception {
        TestGuest honest = guest("10.77.0.11/24");
        TestGuest forger = guest("10.77.0.12/24");
        TestVif.attach(host, honest, 0, BRIDGE);
        TestVif vif = TestVif.attach(host, forger, 0, BRIDGE);
        vif.connect(BRIDGE, vif.guard("10.77.0.12"));
        assertReaches(forger, "10.77.0.11");
        long filtered = 0;

        for (String kind : List.of("mac", "ip", "ip6", "arp", "nd", "dhcp", "ra")) {
            forger.answer("spoof " + kind + " -c 3");
            filtered += 3;
            vif.untilFiltered(filtered);
        }
        assertReaches(forger, "10.77.0.11");
        assertThat(vif.statistics().filtered()).isEqualTo(filtered);
        vif.connect(BRIDGE, new VifGuard(vif.mac, List.of(), true, true, false));
        assertThat(forger.answer("spoof ra; spoof dhcp; spoof ip")).contains("sent 1 frames");
        assertReaches(forger, "10.77.0.11");
        assertThat(vif.statistics().filtered()).isEqualTo(filtered);
    }

    @Test
    void withoutAGuardAForgerTakesTheTrafficOfAnother() throws Exception {
        TestGuest victim = guest("10.77.0.11/24");
        TestGuest forger = guest("10.77.0.12/24");
        TestVif.attach(host, victim, 0, BRIDGE);
        TestVif vif = TestVif.attach(host, forger, 0, BRIDGE);
        assertReaches(victim, "10.77.0.1");
        assertThat(victim.answer("ip neigh")).contains("10.77.0.1 dev eth0");

        forger.answer("spoof arp 10.77.0.1");

        Await.until(
                "the victim to believe it",
                TestGuest.PATIENCE,
                () -> victim.answer("ip neigh").contains("10.77.0.1 dev eth0 lladdr " + vif.mac));
    }

    @Test
    void aLinkThatIsDownCarriesNothing() throws Exception {
        TestGuest guest = guest("10.77.0.11/24");
        TestVif vif = TestVif.attach(host, guest, 0, BRIDGE);
        vif.connect(BRIDGE, new VifGuard(vif.mac, List.of(), false, false, true));
        assertDoesNotReach(guest, "10.77.0.1");
        vif.connect(BRIDGE, vif.guard());
        assertReaches(guest, "10.77.0.1");
    }

    @Test
    void aNatGuestGetsAnAddressByDhcpAndReachesTheOutside() throws Exception {
        devices.make(nat(List.of()));
        TestGuest guest = guest("sim:linux", "");
        TestVif vif = TestVif.attach(host, guest, 0, "xcs-inside");
        vif.connect("xcs-inside", vif.guard(NAT_GUEST.text()));
        devices.serve("inside", List.of(new Lease(vif.mac, NAT_GUEST, "web")));

        assertThat(guest.answer("udhcpc")).contains("lease of 10.80.0.10 obtained from 10.80.0.1, lease time 3600");
        assertThat(guest.answer("ip addr")).contains("inet 10.80.0.10/24");
        assertThat(guest.answer("nslookup web.inside")).contains("Address: 10.80.0.10");
        assertThat(guest.answer("nslookup mail.inside")).contains("NXDOMAIN");
        assertReaches(guest, OutsideHost.ADDRESS);
        assertThat(guest.answer("nc -u " + OutsideHost.ADDRESS + " 7 over there"))
                .isEqualTo("over there");
        assertThat(guest.answer("nc -z " + OutsideHost.ADDRESS + " 7")).contains("succeeded");
        assertThat(guest.answer("nc -z " + OutsideHost.ADDRESS + " 8")).contains("refused");
        assertThat(host.outside().seen()).contains(DOM0_OUTSIDE).doesNotContain(NAT_GUEST);
        assertThat(host.outside().pings(NAT_GUEST, Duration.ofMillis(300))).isFalse();
    }

    @Test
    void nobodyGetsAnAddressThatIsNotMeantForHim() throws Exception {
        devices.make(nat(List.of()));
        TestGuest guest = guest("sim:linux", "ip=dhcp");
        TestVif vif = TestVif.attach(host, guest, 0, "xcs-inside");
        devices.serve("inside", List.of(new Lease(MacAddress.parse("00:16:3e:00:00:99"), NAT_GUEST, null)));
        assertThat(guest.answer("udhcpc")).contains("no lease, failing");

        devices.serve("inside", List.of(new Lease(vif.mac, NAT_GUEST, null)));
        guest.untilPrinted("ipaddr=10.80.0.10, mask=255.255.255.0, gw=10.80.0.1");
    }

    @Test
    void aPortForwardLeadsToAGuest() throws Exception {
        devices.make(nat(List.of(
                new PortForward(PortForward.Protocol.TCP, null, 8022, NAT_GUEST, 22),
                new PortForward(PortForward.Protocol.UDP, DOM0_OUTSIDE, 7007, NAT_GUEST, 7))));
        TestGuest guest = guest("10.80.0.10/24:10.80.0.1");
        TestGuest other = guest("10.77.0.11/24:10.77.0.1");
        TestVif.attach(host, guest, 0, "xcs-inside");
        TestVif.attach(host, other, 0, BRIDGE);
        OutsideHost outside = host.outside();
        assertReaches(guest, "10.80.0.1");

        assertThat(outside.connects(DOM0_OUTSIDE, 8022, TestGuest.PATIENCE)).isTrue();
        assertThat(outside.connects(DOM0_OUTSIDE, 8023, Duration.ofMillis(300))).isFalse();
        assertThat(outside.ask(DOM0_OUTSIDE, 7007, "hello", TestGuest.PATIENCE)).contains("hello");
        assertThat(other.answer("nc -z 10.77.0.1 8022")).contains("succeeded");
        assertThat(other.answer("nc -u 10.77.0.1 7007 hello")).contains("refused");
        assertDoesNotReach(other, "10.80.0.10");
        assertThat(guest.answer("nc -z 10.80.0.1 8022")).contains("succeeded");

        devices.remove("inside");
        assertThat(outside.connects(DOM0_OUTSIDE, 8022, Duration.ofMillis(300))).isFalse();
        assertThat(devices.links()).noneMatch(link -> link.name().equals("xcs-inside"));
    }

    @Test
    void aRoutedGuestIsReachedByItsAddress() throws Exception {
        devices.make(routed());
        TestGuest guest = guest("192.0.2.50/24");
        TestVif vif = TestVif.publish(host, guest, 0, Map.of());
        vif.untilInterface();
        vif.connect(null, vif.guard("192.0.2.50"), "192.0.2.50");
        vif.untilStates("4", "4");

        assertReaches(guest, OutsideHost.ADDRESS);
        assertThat(host.outside().pings(IpAddress.parse("192.0.2.50"), TestGuest.PATIENCE))
                .isTrue();
        assertThat(host.outside().seen()).contains(IpAddress.parse("192.0.2.50"));

        vif.connect(null, vif.guard("192.0.2.51"), "192.0.2.51");
        assertThat(host.outside().pings(IpAddress.parse("192.0.2.50"), Duration.ofMillis(300)))
                .isFalse();
    }

    @Test
    void aBridgeWithAnUplinkLeadsOutside() throws Exception {
        devices.make(bridge("lan", "eth0", null));
        TestGuest guest = guest("192.0.2.60/24");
        TestVif.attach(host, guest, 0, "xcs-lan");

        assertReaches(guest, OutsideHost.ADDRESS);
        assertReaches(guest, "192.0.2.2");
        assertThat(host.outside().pings(IpAddress.parse("192.0.2.60"), TestGuest.PATIENCE))
                .isTrue();
        devices.remove("lan");
        assertDoesNotReach(guest, OutsideHost.ADDRESS);
        assertThat(host.outside().pings(DOM0_OUTSIDE, TestGuest.PATIENCE)).isTrue();
    }

    @Test
    void aVlanIsANetworkOfItsOwn() throws Exception {
        devices.make(bridge("red", "eth0", 100));
        devices.make(bridge("blue", "eth0", 200));
        TestGuest red = guest("192.0.2.60/24");
        TestGuest blue = guest("192.0.2.61/24");
        TestVif.attach(host, red, 0, "xcs-red");
        TestVif.attach(host, blue, 0, "xcs-blue");

        assertReaches(red, OutsideHost.ADDRESS);
        assertReaches(blue, OutsideHost.ADDRESS);
        assertDoesNotReach(red, "192.0.2.61");
        assertThat(host.outside().pings(IpAddress.parse("192.0.2.60"), Duration.ofMillis(300)))
                .isFalse();
        devices.remove("red");
        assertDoesNotReach(red, OutsideHost.ADDRESS);
        assertReaches(blue, OutsideHost.ADDRESS);
    }

    @Test
    void dom0sNetworkOutlivesTheProcessThatMadeIt() throws Exception {
        Hypervisor first = host.hypervisor();
        first.networkDevices().make(nat(List.of()));
        TestGuest guest = guest("10.80.0.10/24:10.80.0.1");
        TestVif vif = TestVif.attach(host, guest, 0, "xcs-inside");
        vif.connect("xcs-inside", vif.guard());
        first.close();

        assertReaches(guest, OutsideHost.ADDRESS);
        assertThat(devices.made()).containsExactly("inside");
        assertThat(devices.guarded()).containsExactly(vif.name);
    }

    @Test
    void netbsdHasNamesOfItsOwn() throws Exception {
        devices.make(nat(List.of()));
        TestGuest guest = guest("sim:netbsd", "");
        TestVif vif = TestVif.attach(host, guest, 0, "xcs-inside");
        devices.serve("inside", List.of(new Lease(vif.mac, NAT_GUEST, "bsd")));
        guest.untilPrinted("xennet0 at xenbus0 id 0: Xen Virtual Network Interface")
                .untilPrinted("xennet0: MAC address " + vif.mac);

        assertThat(guest.answer("dhcpcd xennet0")).contains("xennet0: leased 10.80.0.10 for 3600 seconds");
        assertThat(guest.answer("ifconfig xennet0")).contains("inet 10.80.0.10/24 broadcast 10.80.0.255");
        assertReaches(guest, OutsideHost.ADDRESS);
    }

    @Test
    void addressesAreSetAndShown() throws Exception {
        TestGuest guest = guest("sim:linux", "");
        TestVif.attach(host, guest, 0, BRIDGE);
        assertThat(guest.answer("ping -c 1 10.77.0.1")).contains("Network is unreachable");

        guest.answer("ifconfig eth0 10.77.0.20 netmask 255.255.255.0 up");
        assertThat(guest.answer("ifconfig eth0"))
                .contains("inet addr:10.77.0.20")
                .contains("Mask:255.255.255.0");
        assertReaches(guest, "10.77.0.1");
        guest.answer("ip addr del 10.77.0.20/24 dev eth0; ip addr add 10.77.0.21/24 dev eth0");
        guest.answer("ip route add default via 10.77.0.1");
        assertThat(guest.answer("ip route")).contains("default via 10.77.0.1 dev eth0");
        assertReaches(guest, "10.77.0.1");
        guest.answer("ip link set eth0 down");
        assertThat(guest.answer("ip link")).contains("state DOWN");
        assertThat(guest.answer("ping -c 1 10.77.0.1")).contains("Network is unreachable");
        assertThat(guest.answer("netstat -i")).contains("eth0");
        assertThat(guest.answer("ip addr add 10.77.0.300/24 dev eth0")).contains("expected ADDRESS/PREFIX");
        assertThat(guest.answer("ping nowhere")).contains("usage: ping");
        assertThat(guest.answer("arping -I eth7 10.77.0.1")).contains("eth7: No such device");
    }
}
