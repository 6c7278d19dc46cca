package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.NetworkDevicesContract;
import dev.xcs.hypervisor.netbsd.NetbsdNetworkDevices;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.PortForward;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifPort;
import dev.xcs.platform.Dom0;
import dev.xcs.testing.Await;
import dev.xcs.testing.Frames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the adapter for NetBSD, whose commands run against the simulated dom0 with NetBSD; and what is different there. */
class NetbsdNetworkDevicesTest extends NetworkDevicesContract {
    private static final Pattern VIF = Pattern.compile("xvif([0-9]+)i([0-9]+)");

    private final Map<String, Link> plugged = new HashMap<>();
    private final Map<String, Queue<byte[]>> received = new HashMap<>();
    private NetbsdDom0 dom0;

    @TempDir
    Path run;

    @Override
    protected NetworkDevices open() {
        if (dom0 == null) {
            dom0 = new NetbsdDom0(run.resolve("run"));
        }
        return dom0.devices(new Faults());
    }

    @Override
    protected void close(NetworkDevices opened) {}

    @Override
    protected void plug(String device) {
        Matcher name = VIF.matcher(device);
        if (!name.matches()) {
            throw new IllegalArgumentException(device);
        }
        Queue<byte[]> frames = new ConcurrentLinkedQueue<>();
        received.put(device, frames);
        plugged.put(device, dom0.addVif(Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2)), frames::add));
    }

    @Override
    protected void unplug(String device) {
        dom0.removeVif(plugged.get(device));
    }

    @Override
    protected void send(String device, byte[] frame) {
        dom0.arrive(plugged.get(device), frame);
    }

    @Override
    protected List<byte[]> received(String device) {
        List<byte[]> frames = new ArrayList<>();
        Queue<byte[]> queue = received.get(device);
        for (byte[] frame = queue.poll(); frame != null; frame = queue.poll()) {
            frames.add(frame);
        }
        return frames;
    }

    @Override
    protected void makeForeignBridge(String name) {
        dom0.addBridge(name);
    }

    @Override
    protected String bridgeName(String network) {
        return Dom0.NETBSD.bridgeName(network);
    }

    @Override
    protected String hostSide(String bridge) {
        return Dom0.NETBSD.hostSide(bridge);
    }

    @Override
    protected String foreignBridge() {
        return "bridge7";
    }

    @Override
    protected boolean bridgesHaveAddresses() {
        return false;
    }

    /** Bridges that filter pass ARP and IP only. */
    @Override
    protected byte[] marker(MacAddress from, int number) {
        return Frames.udp(from, IP, ALL, 10_000 + number, 9);
    }

    private VifPort withMtu(String device, String bridge, int mtu) {
        return new VifPort(device, device, mtu, bridge, false, null, List.of(), null, OWN);
    }

    /** Bridges want members of their own MTU, and an interface keeps its address. */
    @Test
    @Override
    protected void connectsWithABridgeOfSomebodyElse() {
        makeForeignBridge(foreignBridge());
        String device = plugged(5);

        assertThat(refused(() -> devices().connect(withMtu(device, foreignBridge(), 1400))))
                .isEqualTo(ProblemType.IMPOSSIBLE);
        devices().connect(withMtu(device, foreignBridge(), 1500));
        devices().connect(withMtu(device, foreignBridge(), 1500));

        assertThat(link(device)).hasValueSatisfying(link -> {
            assertThat(link.master()).isEqualTo(foreignBridge());
            assertThat(link.up()).isTrue();
            assertThat(link.mtu()).isEqualTo(1500);
        });
        assertThat(devices().guarded()).containsExactly(device);
        assertThat(devices().made()).isEmpty();
    }

    /** It cannot. */
    @Test
    @Override
    protected void renamesAnInterface() {
        makeForeignBridge(foreignBridge());
        String device = plugged(5);
        VifPort port = new VifPort(device, "web0", 1500, foreignBridge(), false, null, List.of(), null, OWN);

        assertThat(refused(() -> devices().connect(port))).isEqualTo(ProblemType.IMPOSSIBLE);

        assertThat(link(device).orElseThrow().master()).isNull();
        assertThat(devices().guarded()).isEmpty();
    }

    /** Those of IP, of whatever is no IP but ARP, and of neighbour advertisements; not those of Ethernet and ARP. Nothing is counted. */
    @Test
    @Override
    protected void stopsForgedAddresses() throws Exception {
        List<String> guests = neighbours(OWN);

        assertStopped(
                guests,
                Frames.plain(MAC, "neither IP nor ARP"),
                Frames.tagged(MAC, 5),
                Frames.udp(MAC, OTHER_IP, ALL, 1000, 2000),
                Frames.udp(MAC, OTHER_IP6, ALL6, 1000, 2000),
                Frames.udp(MAC, new IpAddress("0.0.0.0"), ALL, 1000, 2000),
                Frames.neighbourAdvertisement(MAC, LINK_LOCAL, OTHER_IP6));
        assertThat(passes(guests.get(0), guests.get(1), Frames.neighbourAdvertisement(MAC, LINK_LOCAL, IP6)))
                .isTrue();
        assertThat(passes(guests.get(0), guests.get(1), Frames.arp(MAC, OTHER_MAC, OTHER_IP)))
                .isTrue();
        assertThat(statistics(guests.get(0)).filtered()).isZero();
    }

    private void assertStopped(List<String> guests, byte[]... frames) throws Exception {
        for (int i = 0; i < frames.length; i++) {
            assertThat(passes(guests.get(0), guests.get(1), frames[i]))
                    .as("frame " + i)
                    .isFalse();
        }
    }

    @Test
    @Override
    protected void stopsServersThatAreNotAllowed() throws Exception {
        List<String> guests = neighbours(new VifGuard(MAC, List.of(), false, false, false));

        assertStopped(
                guests,
                Frames.udp(MAC, IP, ALL, 67, 68),
                Frames.udp(MAC, LINK_LOCAL, ALL6, 547, 546),
                Frames.routerAdvertisement(MAC, LINK_LOCAL));
        devices().connect(port(guests.get(0), bridgeName("lan"), new VifGuard(MAC, List.of(), true, true, false)));
        assertThat(passes(guests.get(0), guests.get(1), Frames.udp(MAC, IP, ALL, 67, 68)))
                .isTrue();
        assertThat(passes(guests.get(0), guests.get(1), Frames.routerAdvertisement(MAC, LINK_LOCAL)))
                .isTrue();
    }

    /** A guest that forges another's address gets none of its frames: the bridge knows who is where. */
    @Test
    void sendsNobodyTheFramesOfAnother() throws Exception {
        List<String> guests = neighbours(new VifGuard(MAC, List.of(), true, true, false));
        String victim = plugged(7);
        devices().connect(port(victim, bridgeName("lan"), new VifGuard(OTHER_MAC, List.of(), true, true, false)));
        send(guests.get(0), Frames.arp(OTHER_MAC, OTHER_MAC, OTHER_IP));
        guests.forEach(this::received);
        byte[] secret = Frames.to(OTHER_MAC, Frames.udp(MAC, IP, OTHER_IP, 1000, 2000));

        send(guests.get(1), secret);

        Await.until("it arrives", SOON, () -> contains(received(victim), secret));
        assertThat(contains(received(guests.get(0)), secret)).isFalse();
    }

    /** The interface is down: there is nothing to count then. */
    @Test
    @Override
    protected void silencesALinkThatIsDown() throws Exception {
        List<String> guests = neighbours(OWN);
        devices().connect(port(guests.get(0), bridgeName("lan"), SILENT));
        guests.forEach(this::received);

        send(guests.get(0), Frames.arp(MAC, MAC, IP));
        send(guests.get(1), Frames.arp(OTHER_MAC, OTHER_MAC, OTHER_IP));

        assertThat(link(guests.get(0)).orElseThrow().master()).isNull();
        assertThat(link(guests.get(0)).orElseThrow().up()).isFalse();
        assertThat(received(guests.get(0))).isEmpty();
        assertThat(received(guests.get(1))).isEmpty();
        assertThat(devices().guarded()).containsExactly(guests.get(0));
        devices().connect(port(guests.get(0), bridgeName("lan"), OWN));
        assertThat(passes(guests.get(0), guests.get(1), Frames.arp(MAC, MAC, IP)))
                .isTrue();
    }

    @Test
    void namesTheLinesThatNpfNeeds() {
        dom0.kernel().rulesets().clear();
        devices().make(bridge("lan"));
        String device = plugged(5);

        Problem problem = catchThrowableOfType(
                        ProblemException.class, () -> devices().connect(port(device, bridgeName("lan"), OWN)))
                .problem();

        assertThat(problem.type()).isEqualTo(ProblemType.HYPERVISOR);
        assertThat(problem.detail()).isEqualTo("npfctl failed with status 1: npfctl: ruleset \"xcs\" not found");
        assertThat(problem.call()).isEqualTo("npfctl");
        assertThat(problem.argument()).startsWith("npfctl rule xcs add block in final on " + device);
        assertThat(problem.cause()).contains("/etc/npf.conf", "ruleset \"xcs\"", "map ruleset \"map:xcs\"");
        assertThat(link(device).orElseThrow().up()).isFalse();
        assertThat(link(device).orElseThrow().master()).isNull();
    }

    @Test
    void putsRulesBackThatSomebodyFlushed() throws Exception {
        List<String> guests = neighbours(OWN);
        List.copyOf(dom0.kernel().npf().rules()).forEach(dom0.kernel().npf()::remove);

        devices().connect(port(guests.get(0), bridgeName("lan"), OWN));

        assertStopped(guests, Frames.udp(MAC, OTHER_IP, ALL, 1000, 2000));
    }

    @Test
    void removesEveryRule() {
        devices().make(nat("inside"));
        String device = plugged(5);
        devices().connect(port(device, bridgeName("inside"), OWN));
        assertThat(dom0.kernel().npf().rules()).hasSizeGreaterThan(5);
        assertThat(dom0.kernel().npf().maps()).containsExactly("map wm0 dynamic 10.80.0.0/24 -> 192.0.2.2");
        assertThat(dom0.kernel().npf().isForwarding()).isTrue();

        devices().disconnect(device);
        devices().remove("inside");

        assertThat(dom0.kernel().npf().rules()).isEmpty();
        assertThat(dom0.kernel().npf().maps()).isEmpty();
        assertThat(dom0.kernel().npf().isForwarding()).isFalse();
    }

    @Test
    void leavesForwardingOnWhereTheAdministratorHasIt() {
        dom0.kernel().npf().forwarding(true);
        devices().make(nat("inside"));

        devices().remove("inside");

        assertThat(dom0.kernel().npf().isForwarding()).isTrue();
    }

    @Test
    void bridgesAVlanOfTheUplink() {
        HostNetwork tagged = new HostNetwork(
                "dmz", "bridge3", false, MacAddress.ofName("dmz"), null, 0, 1500, "wm0", 5, null, List.of(), false);

        devices().make(tagged);
        devices().make(tagged);

        assertThat(link("vlan3").orElseThrow().master()).isEqualTo("bridge3");
        assertThat(link("vlan3").orElseThrow().network()).isEqualTo("dmz");
        assertThat(link("wm0").orElseThrow().master()).isNull();
        devices().remove("dmz");
        assertThat(link("vlan3")).isEmpty();
        assertThat(link("bridge3")).isEmpty();
    }

    @Test
    void refusesWhatNetbsdHasNot() {
        HostNetwork named = new HostNetwork(
                "lan", "xcs-lan", false, MacAddress.ofName("lan"), null, 0, 1500, null, null, null, List.of(), false);
        HostNetwork open = new HostNetwork(
                "lan", "bridge4", true, MacAddress.ofName("lan"), null, 0, 1500, null, null, null, List.of(), false);

        assertThat(refused(() -> devices().make(named))).isEqualTo(ProblemType.INVALID_FIELD);
        assertThat(refused(() -> devices().make(open))).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(devices().made()).isEqualTo(Set.of());
    }

    @Test
    void routesAddressesAndAnswersForThem() {
        String device = plugged(5);
        IpAddress guest = new IpAddress("192.0.2.40");
        VifPort port = new VifPort(
                device,
                device,
                1500,
                null,
                false,
                null,
                List.of(guest),
                "wm0",
                new VifGuard(MAC, List.of(guest), false, false, false));

        devices().connect(port);
        devices().connect(port);

        assertThat(link(device).orElseThrow().addresses()).containsExactly(new IpAddress("192.0.2.2"));
        assertThat(dom0.kernel().host().nicTo(guest).orElseThrow().name()).isEqualTo(device);
        Link uplink = dom0.kernel().find("wm0").orElseThrow();
        assertThat(dom0.kernel().npf().published(uplink)).containsOnlyKeys(guest);
        devices().disconnect(device);
        assertThat(dom0.kernel().host().nicTo(guest).orElseThrow().name()).isEqualTo("wm0");
        assertThat(dom0.kernel().npf().published(uplink)).isEmpty();
    }

    /** A run that dies at any command leaves nothing that the next one does not find: it mends, or removes everything. */
    @Test
    void whateverCommandIsTheLastTheNextRunMendsOrRemovesEverything() {
        List<String> before = names();
        int commands = commandsOf(new Dying(Integer.MAX_VALUE));
        assertThat(commands).isGreaterThan(30);
        for (int last = 0; last < commands; last++) {
            String device = plugged(100 + last);
            Dying dying = new Dying(last);
            assertThat(refused(() -> everything(dying.devices, device)))
                    .as("after " + last)
                    .isEqualTo(ProblemType.UNAVAILABLE);

            if (last % 2 == 0) {
                everything(devices(), device);
                assertThat(link(device).orElseThrow().up()).isTrue();
                assertThat(dom0.kernel().npf().maps()).hasSize(2);
            }
            devices().disconnect(device);
            devices().guarded().forEach(devices()::disconnect);
            devices().remove("inside");
            unplug(device);

            assertThat(names()).as("after " + last).isEqualTo(before);
            assertThat(dom0.kernel().npf().rules()).as("after " + last).isEmpty();
            assertThat(dom0.kernel().npf().maps()).as("after " + last).isEmpty();
            assertThat(dom0.kernel().npf().isForwarding()).as("after " + last).isFalse();
            assertThat(devices().made()).isEmpty();
        }
    }

    private List<String> names() {
        return devices().links().stream().map(HostLink::name).toList();
    }

    private void everything(NetworkDevices devices, String device) {
        devices.make(nat("inside", PortForward.parse("tcp:8080=10.80.0.5:80")));
        devices.connect(port(device, bridgeName("inside"), OWN));
        devices.connect(port(device, bridgeName("inside"), new VifGuard(MAC, List.of(IP), false, false, false)));
    }

    private int commandsOf(Dying counting) {
        String device = plugged(99);
        everything(counting.devices, device);
        devices().disconnect(device);
        devices().remove("inside");
        unplug(device);
        return counting.ran;
    }

    /** A run of the daemon that dies after so many commands. */
    private final class Dying {
        private final NetworkDevices devices;
        private int ran;

        private Dying(int last) {
            this.devices = new NetbsdNetworkDevices(
                    (command, patience) -> {
                        if (ran++ >= last) {
                            throw Problem.of(ProblemType.UNAVAILABLE, "killed").toException();
                        }
                        return dom0.programs().run(command, patience);
                    },
                    run.resolve("run"));
        }
    }
}
