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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every adapter of the port has to do; run on both simulated dom0s always and on Linux where it may. What NetBSD cannot do its own test says,
 * where it replaces one of these.
 */
public abstract class NetworkDevicesContract {
    protected static final MacAddress MAC = new MacAddress("00:16:3e:00:00:01");
    protected static final MacAddress OTHER_MAC = new MacAddress("00:16:3e:00:00:02");
    protected static final IpAddress IP = new IpAddress("10.80.0.5");
    protected static final IpAddress OTHER_IP = new IpAddress("10.80.0.6");
    protected static final IpAddress IP6 = new IpAddress("fd00::5");
    protected static final IpAddress OTHER_IP6 = new IpAddress("fd00::6");
    protected static final IpAddress LINK_LOCAL = new IpAddress("fe80::216:3eff:fe00:1");
    protected static final IpAddress ALL = new IpAddress("255.255.255.255");
    protected static final IpAddress ALL6 = new IpAddress("ff02::1");
    protected static final VifGuard OPEN = new VifGuard(null, List.of(), true, true, false);
    protected static final VifGuard OWN = new VifGuard(MAC, List.of(IP, IP6), false, false, false);
    protected static final VifGuard SILENT = new VifGuard(MAC, List.of(), false, false, true);
    protected static final Duration SOON = Duration.ofSeconds(20);

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

    /** What the bridge of a network is called. */
    protected String bridgeName(String network) {
        return "xcs-" + network;
    }

    /** Whether a bridge is an interface with an Ethernet address of its own. */
    protected boolean bridgesHaveAddresses() {
        return true;
    }

    /** The interface that dom0 has an address by on a bridge. */
    protected String hostSide(String bridge) {
        return bridge;
    }

    /** The name of a bridge that nobody made for a network. */
    protected String foreignBridge() {
        return "br0";
    }

    /** A frame of a guest that gets everywhere on its bridge, whatever guards it. */
    protected byte[] marker(MacAddress from, int number) {
        return Frames.plain(from, "marker " + number);
    }

    protected final NetworkDevices devices() {
        return devices;
    }

    @BeforeEach
    void openDevices() {
        devices = open();
    }

    @AfterEach
    void closeDevices() {
        close(devices);
    }

    /** The name of the interface of the guest with that number. */
    protected final String plugged(int domid) {
        String device = devices.vifName(domid, 0);
        plug(device);
        return device;
    }

    protected static VifPort port(String device, String bridge, VifGuard guard) {
        return new VifPort(device, device, 1500, bridge, false, null, List.of(), null, guard);
    }

    protected final HostNetwork bridge(String network) {
        MacAddress mac = MacAddress.ofName(network);
        return new HostNetwork(
                network, bridgeName(network), false, mac, null, 0, 1500, null, null, null, List.of(), false);
    }

    protected final HostNetwork nat(String network, PortForward... forwards) {
        return new HostNetwork(
                network,
                bridgeName(network),
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

    protected final Optional<HostLink> link(String name) {
        return devices.links().stream().filter(link -> link.name().equals(name)).findFirst();
    }

    private @Nullable String macOf(String name) {
        return link(name).orElseThrow().mac();
    }

    protected final ProblemType refused(Runnable call) {
        return catchThrowableOfType(ProblemException.class, call::run).problem().type();
    }

    protected final VifStatistics statistics(String name) {
        return devices.statistics(Set.of(name)).get(name);
    }

    /** Whether a frame of one guest gets to another; a frame that does get there behind it proves that one does not. */
    protected final boolean passes(String from, String to, byte[] frame) throws Exception {
        received(to);
        send(from, frame);
        byte[] marker = marker(MAC, ++sent);
        send(from, marker);
        List<byte[]> seen = new ArrayList<>();
        Await.until("the marker arrives", SOON, () -> {
            seen.addAll(received(to));
            return contains(seen, marker);
        });
        return contains(seen, frame);
    }

    protected static boolean contains(List<byte[]> frames, byte[] frame) {
        return frames.stream().anyMatch(one -> Arrays.equals(one, frame));
    }

    /** Two guests on the bridge of a new network, of which the first has that guard and the second sees everything. */
    protected final List<String> neighbours(VifGuard guard) {
        devices.make(bridge("lan"));
        List<String> names = List.of(plugged(5), plugged(6));
        devices.connect(port(names.get(0), bridgeName("lan"), guard));
        devices.connect(port(names.get(1), bridgeName("lan"), OPEN));
        return names;
    }

    @Test
    protected void listsEveryInterface() {
        String device = plugged(5);

        assertThat(link(device)).hasValueSatisfying(link -> {
            assertThat(link.index()).isPositive();
            assertThat(link.bridge()).isFalse();
            assertThat(link.master()).isNull();
            assertThat(link.network()).isNull();
        });
    }

    @Test
    protected void makesABridgeAndRemovesIt() {
        devices.make(bridge("lan"));
        devices.make(bridge("lan"));

        assertThat(link(bridgeName("lan"))).hasValueSatisfying(link -> {
            assertThat(link.bridge()).isTrue();
            assertThat(link.up()).isTrue();
            assertThat(link.network()).isEqualTo("lan");
            assertThat(link.addresses()).isEmpty();
        });
        if (bridgesHaveAddresses()) {
            assertThat(macOf(bridgeName("lan")))
                    .isEqualTo(MacAddress.ofName("lan").text());
        }
        assertThat(devices.made()).containsExactly("lan");
        devices.remove("lan");
        devices.remove("lan");
        assertThat(link(bridgeName("lan"))).isEmpty();
        assertThat(devices.made()).isEmpty();
    }

    @Test
    protected void knowsWhatWasMadeBefore() {
        devices.make(nat("inside"));
        String device = plugged(5);
        devices.connect(port(device, bridgeName("inside"), OWN));

        close(devices);
        devices = open();

        assertThat(devices.made()).containsExactly("inside");
        assertThat(devices.guarded()).containsExactly(device);
        assertThat(link(device).orElseThrow().master()).isEqualTo(bridgeName("inside"));
        devices.disconnect(device);
        devices.remove("inside");
        assertThat(devices.made()).isEmpty();
        assertThat(devices.guarded()).isEmpty();
    }

    @Test
    protected void mendsABridge() {
        devices.make(nat("inside"));
        HostNetwork changed = new HostNetwork(
                "inside",
                bridgeName("inside"),
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

        assertThat(link(hostSide(bridgeName("inside")))).hasValueSatisfying(link -> {
            assertThat(link.addresses()).containsExactly(new IpAddress("10.81.0.1"));
            assertThat(link.mtu()).isEqualTo(1400);
            assertThat(link.mac()).isEqualTo(MacAddress.ofName("other").text());
        });
        assertThat(link(bridgeName("inside")).orElseThrow().mtu()).isEqualTo(1400);
        assertThat(devices.made()).containsExactly("inside");
    }

    @Test
    protected void keepsItsHandsOffForeignBridges() {
        makeForeignBridge(bridgeName("lan"));

        assertThat(refused(() -> devices.make(bridge("lan")))).isEqualTo(ProblemType.CONFLICT);
        devices.remove("lan");

        assertThat(link(bridgeName("lan")).orElseThrow().network()).isNull();
        assertThat(devices.made()).isEmpty();
    }

    @Test
    protected void connectsWithABridgeOfSomebodyElse() {
        makeForeignBridge(foreignBridge());
        String device = plugged(5);
        VifPort port = new VifPort(device, device, 1400, foreignBridge(), false, null, List.of(), null, OWN);

        devices.connect(port);
        devices.connect(port);

        assertThat(link(device)).hasValueSatisfying(link -> {
            assertThat(link.master()).isEqualTo(foreignBridge());
            assertThat(link.up()).isTrue();
            assertThat(link.mtu()).isEqualTo(1400);
            assertThat(link.mac()).isEqualTo("fe:ff:ff:ff:ff:ff");
        });
        assertThat(devices.guarded()).containsExactly(device);
        assertThat(devices.made()).isEmpty();
    }

    @Test
    protected void renamesAnInterface() throws Exception {
        makeForeignBridge(foreignBridge());
        String device = plugged(5);
        VifPort port = new VifPort(device, "web0", 1500, foreignBridge(), false, null, List.of(), null, OWN);

        devices.connect(port);
        devices.connect(port);

        assertThat(link(device)).isEmpty();
        assertThat(link("web0").orElseThrow().master()).isEqualTo(foreignBridge());
        assertThat(devices.guarded()).containsExactly("web0");
        send(device, Frames.plain(OTHER_MAC, "forged"));
        Await.until("the guard holds", SOON, () -> statistics("web0").filtered() == 1);
    }

    @Test
    protected void refusesWhatIsNotThere() {
        String device = plugged(5);

        assertThat(refused(() -> devices.connect(port(devices.vifName(7, 0), bridgeName("lan"), OWN))))
                .isEqualTo(ProblemType.NOT_FOUND);
        assertThat(refused(() -> devices.connect(port(device, "nobridge", OWN))))
                .isEqualTo(ProblemType.NOT_FOUND);
        assertThat(devices.guarded()).isEmpty();
        devices.disconnect(devices.vifName(7, 0));
    }

    @Test
    protected void carriesFramesBetweenGuests() throws Exception {
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
    protected void stopsForgedAddresses() throws Exception {
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
    protected void letsAGuestAskForAnAddress() throws Exception {
        List<String> guests = neighbours(OWN);
        IpAddress none = new IpAddress("0.0.0.0");

        assertThat(passes(guests.get(0), guests.get(1), Frames.udp(MAC, none, ALL, 68, 67)))
                .isTrue();
        assertThat(passes(guests.get(0), guests.get(1), Frames.arp(MAC, MAC, none)))
                .isTrue();
    }

    @Test
    protected void stopsServersThatAreNotAllowed() throws Exception {
        VifGuard mayNot = new VifGuard(MAC, List.of(), false, false, false);
        List<String> guests = neighbours(mayNot);

        assertStopped(
                guests,
                Frames.udp(MAC, IP, ALL, 67, 68),
                Frames.udp(MAC, LINK_LOCAL, ALL6, 547, 546),
                Frames.routerAdvertisement(MAC, LINK_LOCAL));
        devices.connect(port(guests.get(0), bridgeName("lan"), new VifGuard(MAC, List.of(), true, true, false)));
        assertThat(passes(guests.get(0), guests.get(1), Frames.udp(MAC, IP, ALL, 67, 68)))
                .isTrue();
        assertThat(passes(guests.get(0), guests.get(1), Frames.routerAdvertisement(MAC, LINK_LOCAL)))
                .isTrue();
    }

    @Test
    protected void letsAnythingPassWithoutAGuard() throws Exception {
        List<String> guests = neighbours(OPEN);

        assertThat(devices.guarded()).isEmpty();
        assertThat(passes(guests.get(0), guests.get(1), Frames.plain(OTHER_MAC, "any")))
                .isTrue();
    }

    @Test
    protected void silencesALinkThatIsDown() throws Exception {
        List<String> guests = neighbours(OWN);
        devices.connect(port(guests.get(0), bridgeName("lan"), SILENT));
        received(guests.get(0));
        received(guests.get(1));

        send(guests.get(0), Frames.arp(MAC, MAC, IP));
        send(guests.get(1), Frames.plain(OTHER_MAC, "hello"));
        Await.until("it is counted", SOON, () -> statistics(guests.get(0)).filtered() == 1);

        assertThat(link(guests.get(0)).orElseThrow().master()).isNull();
        assertThat(contains(received(guests.get(1)), Frames.arp(MAC, MAC, IP))).isFalse();
        assertThat(contains(received(guests.get(0)), Frames.plain(OTHER_MAC, "hello")))
                .isFalse();
        devices.connect(port(guests.get(0), bridgeName("lan"), OWN));
        assertThat(passes(guests.get(0), guests.get(1), Frames.arp(MAC, MAC, IP)))
                .isTrue();
        assertThat(statistics(guests.get(0)).filtered()).isEqualTo(1);
    }

    @Test
    protected void movesAGuestToAnotherBridge() throws Exception {
        List<String> guests = neighbours(OWN);
        devices.make(bridge("other"));
        String third = plugged(7);
        devices.connect(port(third, bridgeName("other"), OPEN));

        devices.connect(port(guests.get(0), bridgeName("other"), OWN));

        assertThat(passes(guests.get(0), third, Frames.arp(MAC, MAC, IP))).isTrue();
        assertThat(contains(received(guests.get(1)), Frames.arp(MAC, MAC, IP))).isFalse();
        assertThat(link(guests.get(0)).orElseThrow().master()).isEqualTo(bridgeName("other"));
    }

    @Test
    protected void countsFromTheGuestsPointOfView() throws Exception {
        List<String> guests = neighbours(OPEN);
        byte[] frame = marker(MAC, 0);
        VifStatistics sender = statistics(guests.get(0));
        VifStatistics receiver = statistics(guests.get(1));

        assertThat(passes(guests.get(0), guests.get(1), frame)).isTrue();

        assertThat(statistics(guests.get(0)).transmittedPackets())
                .isGreaterThanOrEqualTo(sender.transmittedPackets() + 2);
        assertThat(statistics(guests.get(1)).receivedPackets()).isGreaterThanOrEqualTo(receiver.receivedPackets() + 2);
        assertThat(statistics(guests.get(1)).receivedBytes())
                .isGreaterThanOrEqualTo(receiver.receivedBytes() + 2L * frame.length - 36);
        assertThat(devices.statistics(Set.of(devices.vifName(99, 0)))).isEmpty();
    }

    @Test
    protected void tidiesUpBehindAGuestThatIsGone() {
        List<String> guests = neighbours(OWN);
        unplug(guests.get(0));

        assertThat(devices.guarded()).containsExactly(guests.get(0));
        devices.disconnect(guests.get(0));
        devices.disconnect(guests.get(0));

        assertThat(devices.guarded()).isEmpty();
        assertThat(link(guests.get(1)).orElseThrow().master()).isEqualTo(bridgeName("lan"));
        plug(guests.get(0));
        devices.connect(port(guests.get(0), bridgeName("lan"), OWN));
        assertThat(statistics(guests.get(0)).filtered()).isZero();
    }

    @Test
    protected void doesNotLeaveAGuestConnectedWithoutItsGuard() {
        List<String> guests = neighbours(OWN);

        devices.disconnect(guests.get(0));

        assertThat(link(guests.get(0)).orElseThrow().master()).isNull();
        assertThat(devices.guarded()).isEmpty();
    }
}
