package dev.xcs.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.PortForward;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifStatistics;
import dev.xcs.testing.Await;
import dev.xcs.testing.Frames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every adapter of the port has to do; run on the simulated host always and on Linux where it may. */
public abstract class NetworkDevicesContract {
    private static final MacAddress MAC = new MacAddress("00:16:3e:00:00:01");
    private static final MacAddress OTHER_MAC = new MacAddress("00:16:3e:00:00:02");
    private static final IpAddress IP = new IpAddress("10.80.0.5");
    private static final IpAddress OTHER_IP = new IpAddress("10.80.0.6");
    private static final IpAddress IP6 = new IpAddress("fd00::5");
    private static final IpAddress OTHER_IP6 = new IpAddress("fd00::6");
    private static final IpAddress LINK_LOCAL = new IpAddress("fe80::216:3eff:fe00:1");
    private static final IpAddress ALL = new IpAddress("255.255.255.255");
    private static final IpAddress ALL6 = new IpAddress("ff02::1");
    private static final VifGuard OPEN = new VifGuard(null, List.of(), true, true, false);
    private static final VifGuard OWN = new VifGuard(MAC, List.of(IP, IP6), false, false, false);
    private static final VifGuard SILENT = new VifGuard(MAC, List.of(), false, false, true);
    private static final Duration SOON = Duration.ofSeconds(20);

    private NetworkDevices devices;
    private int sent;

    /** The devices of a host on which nobody else makes interfaces meanwhile. */
    protected abstract NetworkDevices open();

    /** Closes what {@link #open} opened; everything that the host has remains. */
    protected abstract void close(NetworkDevices opened);

    /** Makes the interface of a vif, as its back-end does. */
    protected abstract void plug(String device);

    /** Takes it away, as a back-end does when the guest ends. */
    protected abstract void unplug(String device);

    /** The guest sends a frame. @param device as it was plugged */
    protected abstract void send(String device, byte[] frame) throws Exception;

    /** What the guest has received since it was last asked. @param device as it was plugged */
    protected abstract List<byte[]> received(String device);

    /** Makes a bridge, as an administrator does. */
    protected abstract void makeForeignBridge(String name);

    @BeforeEach
    void openDevices() {
        devices = open();
    }

    @AfterEach
    void closeDevices() {
        close(devices);
    }

    /** The name of the interface of the guest with that number. */
    private String plugged(int domid) {
        String device = devices.vifName(domid, 0);
        plug(device);
        return device;
    }

    private static VifPort port(String device, String bridge, VifGuard guard) {
        return new VifPort(device, device, 1500, bridge, false, null, List.of(), null, guard);
    }

    private static HostNetwork bridge(String network) {
        MacAddress mac = MacAddress.ofName(network);
        return new HostNetwork(
                network, "xcs-" + network, false, mac, null, 0, 1500, null, null, null, List.of(), false);
    }

    private static HostNetwork nat(String network, PortForward... forwards) {
        return new HostNetwork(
                network,
                "xcs-" + network,
                false,
                MacAddress.ofName(network),
                new IpAddress("10.80.0.1"),
                24,
                1500,
                null,
                null,
                Subnet.parse("10.80.0.0/24"),
                List.of(forwards),
                false);
    }

    private Optional<HostLink> link(String name) {
        return devices.links().stream().filter(link -> link.name().equals(name)).findFirst();
    }

    private ProblemType refused(Runnable call) {
        return catchThrowableOfType(ProblemException.class, call::run).problem().type();
    }

    private VifStatistics statistics(String name) {
        return devices.statistics(Set.of(name)).get(name);
    }

    /** Whether a frame of one guest gets to another; a frame that does get there behind it proves that one does not. */
    private boolean passes(String from, String to, byte[] frame) throws Exception {
        received(to);
        send(from, frame);
        byte[] marker = Frames.plain(MAC, "marker " + ++sent);
        send(from, marker);
        List<byte[]> seen = new ArrayList<>();
        Await.until("the marker arrives", SOON, () -> {
            seen.addAll(received(to));
            return contains(seen, marker);
        });
        return contains(seen, frame);
    }

    private static boolean contains(List<byte[]> frames, byte[] frame) {
        return frames.stream().anyMatch(one -> Arrays.equals(one, frame));
    }

    /** Two guests on the bridge of a new network, of which the first has that guard and the second sees everything. */
    private List<String> neighbours(VifGuard guard) {
        devices.make(bridge("lan"));
        List<String> names = List.of(plugged(5), plugged(6));
        devices.connect(port(names.get(0), "xcs-lan", guard));
        devices.connect(port(names.get(1), "xcs-lan", OPEN));
        return names;
    }

    @Test
    void listsEveryInterface() {
        String device = plugged(5);

        assertThat(link(device)).hasValueSatisfying(link -> {
            assertThat(link.index()).isPositive();
            assertThat(link.bridge()).isFalse();
            assertThat(link.master()).isNull();
            assertThat(link.network()).isNull();
        });
    }

    @Test
    void makesABridgeAndRemovesIt() {
        devices.make(bridge("lan"));
        devices.make(bridge("lan"));

        assertThat(link("xcs-lan")).hasValueSatisfying(link -> {
            assertThat(link.bridge()).isTrue();
            assertThat(link.up()).isTrue();
            assertThat(link.network()).isEqualTo("lan");
            assertThat(link.mac()).isEqualTo(MacAddress.ofName("lan").text());
            assertThat(link.addresses()).isEmpty();
        });
        assertThat(devices.made()).containsExactly("lan");
        devices.remove("lan");
        devices.remove("lan");
        assertThat(link("xcs-lan")).isEmpty();
        assertThat(devices.made()).isEmpty();
    }

    @Test
    void knowsWhatWasMadeBefore() {
        devices.make(nat("inside"));
        String device = plugged(5);
        devices.connect(port(device, "xcs-inside", OWN));

        close(devices);
        devices = open();

        assertThat(devices.made()).containsExactly("inside");
        assertThat(devices.guarded()).containsExactly(device);
        assertThat(link(device).orElseThrow().master()).isEqualTo("xcs-inside");
        devices.disconnect(device);
        devices.remove("inside");
        assertThat(devices.made()).isEmpty();
        assertThat(devices.guarded()).isEmpty();
    }

    @Test
    void mendsABridge() {
        devices.make(nat("inside"));
        HostNetwork changed = new HostNetwork(
                "inside",
                "xcs-inside",
                false,
                MacAddress.ofName("other"),
                new IpAddress("10.81.0.1"),
                24,
                1400,
                null,
                null,
                Subnet.parse("10.81.0.0/24"),
                List.of(new PortForward(PortForward.Protocol.TCP, null, 8080, new IpAddress("10.81.0.9"), 80)),
                false);

        devices.make(changed);

        assertThat(link("xcs-inside")).hasValueSatisfying(link -> {
            assertThat(link.addresses()).containsExactly(new IpAddress("10.81.0.1"));
            assertThat(link.mtu()).isEqualTo(1400);
            assertThat(link.mac()).isEqualTo(MacAddress.ofName("other").text());
        });
        assertThat(devices.made()).containsExactly("inside");
    }

    @Test
    void keepsItsHandsOffForeignBridges() {
        makeForeignBridge("xcs-lan");

        assertThat(refused(() -> devices.make(bridge("lan")))).isEqualTo(ProblemType.CONFLICT);
        devices.remove("lan");

        assertThat(link("xcs-lan").orElseThrow().network()).isNull();
        assertThat(devices.made()).isEmpty();
    }

    @Test
    void connectsWithABridgeOfSomebodyElse() {
        makeForeignBridge("br0");
        String device = plugged(5);
        VifPort port = new VifPort(device, device, 1400, "br0", false, null, List.of(), null, OWN);

        devices.connect(port);
        devices.connect(port);

        assertThat(link(device)).hasValueSatisfying(link -> {
            assertThat(link.master()).isEqualTo("br0");
            assertThat(link.up()).isTrue();
            assertThat(link.mtu()).isEqualTo(1400);
            assertThat(link.mac()).isEqualTo("fe:ff:ff:ff:ff:ff");
        });
        assertThat(devices.guarded()).containsExactly(device);
        assertThat(devices.made()).isEmpty();
    }

    @Test
    void renamesAnInterface() throws Exception {
        makeForeignBridge("br0");
        String device = plugged(5);
        VifPort port = new VifPort(device, "web0", 1500, "br0", false, null, List.of(), null, OWN);

        devices.connect(port);
        devices.connect(port);

        assertThat(link(device)).isEmpty();
        assertThat(link("web0").orElseThrow().master()).isEqualTo("br0");
        assertThat(devices.guarded()).containsExactly("web0");
        send(device, Frames.plain(OTHER_MAC, "forged"));
        Await.until("the guard holds", SOON, () -> statistics("web0").filtered() == 1);
    }

    @Test
    void refusesWhatIsNotThere() {
        String device = plugged(5);

        assertThat(refused(() -> devices.connect(port("vif7.0", "xcs-lan", OWN))))
                .isEqualTo(ProblemType.NOT_FOUND);
        assertThat(refused(() -> devices.connect(port(device, "nobridge", OWN))))
                .isEqualTo(ProblemType.NOT_FOUND);
        assertThat(devices.guarded()).isEmpty();
        devices.disconnect("vif7.0");
    }

    @Test
    void carriesFramesBetweenGuests() throws Exception {
        List<String> guests = neighbours(OWN);

        assertThat(passes(guests.get(0), guests.get(1), Frames.arp(MAC, MAC, IP)))
                .isTrue();
        assertThat(passes(guests.get(0), guests.get(1), Frames.udp(MAC, IP, ALL, 1000, 2000)))
                .isTrue();
        assertThat(passes(guests.get(0), guests.get(1), Frames.udp(MAC, IP6, ALL6, 1000, 2000)))
                .isTrue();
        assertThat(statistics(guests.get(0)).filtered()).isZero();
    }

    @Test
    void stopsForgedAddresses() throws Exception {
        List<String> guests = neighbours(OWN);

        assertStopped(
                guests,
                Frames.plain(OTHER_MAC, "forged"),
                Frames.arp(OTHER_MAC, MAC, IP),
                Frames.arp(MAC, OTHER_MAC, IP),
                Frames.arp(MAC, MAC, OTHER_IP),
                Frames.tagged(MAC, 5),
                Frames.udp(MAC, OTHER_IP, ALL, 1000, 2000),
                Frames.udp(MAC, OTHER_IP6, ALL6, 1000, 2000),
                Frames.udp(MAC, new IpAddress("0.0.0.0"), ALL, 1000, 2000),
                Frames.neighbourAdvertisement(MAC, LINK_LOCAL, OTHER_IP6));
        assertThat(passes(guests.get(0), guests.get(1), Frames.neighbourAdvertisement(MAC, LINK_LOCAL, IP6)))
                .isTrue();
    }

    /** Not one of them passes, and each is counted. */
    private void assertStopped(List<String> guests, byte[]... frames) throws Exception {
        long before = statistics(guests.get(0)).filtered();
        for (int i = 0; i < frames.length; i++) {
            assertThat(passes(guests.get(0), guests.get(1), frames[i]))
                    .as("frame " + i)
                    .isFalse();
            assertThat(statistics(guests.get(0)).filtered()).isEqualTo(before + i + 1);
        }
    }

    @Test
    void letsAGuestAskForAnAddress() throws Exception {
        List<String> guests = neighbours(OWN);
        IpAddress none = new IpAddress("0.0.0.0");

        assertThat(passes(guests.get(0), guests.get(1), Frames.udp(MAC, none, ALL, 68, 67)))
                .isTrue();
        assertThat(passes(guests.get(0), guests.get(1), Frames.arp(MAC, MAC, none)))
                .isTrue();
    }

    @Test
    void stopsServersThatAreNotAllowed() throws Exception {
        VifGuard mayNot = new VifGuard(MAC, List.of(), false, false, false);
        List<String> guests = neighbours(mayNot);

        assertStopped(
                guests,
                Frames.udp(MAC, IP, ALL, 67, 68),
                Frames.udp(MAC, LINK_LOCAL, ALL6, 547, 546),
                Frames.routerAdvertisement(MAC, LINK_LOCAL));
        devices.connect(port(guests.get(0), "xcs-lan", new VifGuard(MAC, List.of(), true, true, false)));
        assertThat(passes(guests.get(0), guests.get(1), Frames.udp(MAC, IP, ALL, 67, 68)))
                .isTrue();
        assertThat(passes(guests.get(0), guests.get(1), Frames.routerAdvertisement(MAC, LINK_LOCAL)))
                .isTrue();
    }

    @Test
    void letsAnythingPassWithoutAGuard() throws Exception {
        List<String> guests = neighbours(OPEN);

        assertThat(devices.guarded()).isEmpty();
        assertThat(passes(guests.get(0), guests.get(1), Frames.plain(OTHER_MAC, "any")))
                .isTrue();
    }

    @Test
    void silencesALinkThatIsDown() throws Exception {
        List<String> guests = neighbours(OWN);
        devices.connect(port(guests.get(0), "xcs-lan", SILENT));
        received(guests.get(0));
        received(guests.get(1));

        send(guests.get(0), Frames.arp(MAC, MAC, IP));
        send(guests.get(1), Frames.plain(OTHER_MAC, "hello"));
        Await.until("it is counted", SOON, () -> statistics(guests.get(0)).filtered() == 1);

        assertThat(link(guests.get(0)).orElseThrow().master()).isNull();
        assertThat(contains(received(guests.get(1)), Frames.arp(MAC, MAC, IP))).isFalse();
        assertThat(contains(received(guests.get(0)), Frames.plain(OTHER_MAC, "hello")))
                .isFalse();
        devices.connect(port(guests.get(0), "xcs-lan", OWN));
        assertThat(passes(guests.get(0), guests.get(1), Frames.arp(MAC, MAC, IP)))
                .isTrue();
        assertThat(statistics(guests.get(0)).filtered()).isEqualTo(1);
    }

    @Test
    void movesAGuestToAnotherBridge() throws Exception {
        List<String> guests = neighbours(OWN);
        devices.make(bridge("other"));
        String third = plugged(7);
        devices.connect(port(third, "xcs-other", OPEN));

        devices.connect(port(guests.get(0), "xcs-other", OWN));

        assertThat(passes(guests.get(0), third, Frames.arp(MAC, MAC, IP))).isTrue();
        assertThat(contains(received(guests.get(1)), Frames.arp(MAC, MAC, IP))).isFalse();
        assertThat(link(guests.get(0)).orElseThrow().master()).isEqualTo("xcs-other");
    }

    @Test
    void countsFromTheGuestsPointOfView() throws Exception {
        List<String> guests = neighbours(OPEN);
        byte[] frame = Frames.plain(MAC, "counted");
        VifStatistics sender = statistics(guests.get(0));
        VifStatistics receiver = statistics(guests.get(1));

        assertThat(passes(guests.get(0), guests.get(1), frame)).isTrue();

        assertThat(statistics(guests.get(0)).transmittedPackets())
                .isGreaterThanOrEqualTo(sender.transmittedPackets() + 2);
        assertThat(statistics(guests.get(1)).receivedPackets()).isGreaterThanOrEqualTo(receiver.receivedPackets() + 2);
        assertThat(statistics(guests.get(1)).receivedBytes())
                .isGreaterThanOrEqualTo(receiver.receivedBytes() + 2L * frame.length - 36);
        assertThat(devices.statistics(Set.of("vif99.0"))).isEmpty();
    }

    @Test
    void tidiesUpBehindAGuestThatIsGone() {
        List<String> guests = neighbours(OWN);
        unplug(guests.get(0));

        assertThat(devices.guarded()).containsExactly(guests.get(0));
        devices.disconnect(guests.get(0));
        devices.disconnect(guests.get(0));

        assertThat(devices.guarded()).isEmpty();
        assertThat(link(guests.get(1)).orElseThrow().master()).isEqualTo("xcs-lan");
        plug(guests.get(0));
        devices.connect(port(guests.get(0), "xcs-lan", OWN));
        assertThat(statistics(guests.get(0)).filtered()).isZero();
    }

    @Test
    void doesNotLeaveAGuestConnectedWithoutItsGuard() {
        List<String> guests = neighbours(OWN);

        devices.disconnect(guests.get(0));

        assertThat(link(guests.get(0)).orElseThrow().master()).isNull();
        assertThat(devices.guarded()).isEmpty();
    }
}
