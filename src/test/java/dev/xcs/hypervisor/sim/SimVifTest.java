package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.model.MacAddress;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import dev.xcs.model.VifPort;
import dev.xcs.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vifs of simulated guests: the handshake with the simulated netback, and what disturbs it. */
class SimVifTest {
    private static final String BRIDGE = "xenbr0";
    private static final String DOM0 = "10.77.0.1";

    @TempDir
    Path dir;

    private final List<TestGuest> guests = new ArrayList<>();
    private SimHost host;
    private Hypervisor hypervisor;
    private NetworkDevices devices;

    @BeforeEach
    void switchOn() {
        host = SimHost.start(
                SimHostOptions.defaults().withBootTime(Duration.ofMillis(10)).withSlowness(Duration.ofMillis(300)),
                dir);
        hypervisor = host.hypervisor();
        devices = hypervisor.networkDevices();
    }

    @AfterEach
    void switchOff() {
        guests.forEach(TestGuest::close);
        host.close();
    }

    private TestGuest guest() {
        TestGuest guest = TestGuest.booted(host, "sim:linux", "ip=10.77.0.11/24 ip=10.77.1.11/24:10.77.1.1:eth1");
        guests.add(guest);
        guest.untilPrinted("# ");
        return guest;
    }

    private static void assertReachesDom0(TestGuest guest) {
        assertThat(guest.answer("ping -c 2 -i 0.01 -W 10 " + DOM0)).contains("2 packets received");
    }

    private String error(TestVif vif) {
        String path = vif.backend.replace("/local/domain/0/", "/local/domain/0/error/") + "/error";
        return host.store().read(0, path).orElse("(none)");
    }

    @Test
    void bothEndsSayWhatTheyCan() throws Exception {
        TestVif vif = TestVif.attach(host, guest(), 0, BRIDGE);

        assertThat(vif.back("feature-rx-copy")).isEqualTo("1");
        assertThat(vif.back("feature-sg")).isEqualTo("1");
        assertThat(vif.front("request-rx-copy")).isEqualTo("1");
        assertThat(List.of(vif.front("tx-ring-ref"), vif.front("rx-ring-ref"), vif.front("event-channel")))
                .allMatch(text -> text.matches("[0-9]+"))
                .doesNotHaveDuplicates();
        assertThat(devices.links()).anySatisfy(link -> {
            assertThat(link.name()).isEqualTo(vif.name);
            assertThat(link.mac()).isEqualTo("fe:ff:ff:ff:ff:ff");
            assertThat(link.master()).isEqualTo(BRIDGE);
        });
    }

    @Test
    void withoutTheScriptNodeTheDeviceIsRefusedForGood() throws Exception {
        TestVif vif = TestVif.publishWithout(host, guest(), 0, "script");

        Await.until("the error", TestGuest.PATIENCE, () -> error(vif).contains("2 xenbus_dev_probe"));
        vif.write("script", "");
        TestVif.attach(host, guests.get(0), 1, BRIDGE);
        assertThat(vif.back("state")).isEqualTo("1");
        assertThat(vif.hasInterface()).isFalse();
    }

    @Test
    void theBackEndWaitsForTheHotplugStatus() throws Exception {
        TestGuest guest = guest();
        TestVif vif = TestVif.publish(host, guest, 0, Map.of("hotplug-status", ""));
        vif.untilStates("2", "4");
        vif.untilInterface();
        vif.connect(BRIDGE, TestVif.OPEN);
        assertReachesDom0(guest);
        assertThat(vif.back("state")).isEqualTo("2");

        vif.write("hotplug-status", "connected");
        vif.untilStates("4", "4");
    }

    @Test
    void aBadMacIsSaidInXenstore() throws Exception {
        TestVif vif = TestVif.publish(host, guest(), 0, Map.of("mac", "nonsense"));
        Await.until("the error", TestGuest.PATIENCE, () -> error(vif).equals("2 parsing " + vif.backend + "/mac"));
        assertThat(vif.back("state")).isNotEqualTo("4");
    }

    @Test
    void vifsComeAndGoWhileTheGuestRuns() throws Exception {
        TestGuest guest = guest();
        TestVif first = TestVif.attach(host, guest, 0, BRIDGE);
        for (int round = 0; round < 3; round++) {
            TestVif second = TestVif.attach(host, guest, 1, BRIDGE);
            assertThat(guest.answer("ip addr")).contains("eth1").contains("10.77.1.11/24");
            second.askToDetach();
            second.untilStates("6", "6");
            second.untilNoInterface();
            second.remove();
            assertThat(guest.answer("ip addr")).doesNotContain("eth1");
        }
        assertReachesDom0(guest);
        assertThat(first.back("state")).isEqualTo("4");
    }

    @Test
    void anInterfaceLingersAfterItsBackEnd() throws Exception {
        TestGuest guest = guest();
        TestVif vif = TestVif.attach(host, guest, 0, BRIDGE);
        vif.askToDetach();
        vif.untilStates("6", "6");
        vif.remove();
        vif.untilNoInterface();

        TestVif again = TestVif.attach(host, guest, 0, BRIDGE);
        assertReachesDom0(guest);
        assertThat(again.statistics().transmittedPackets()).isLessThan(10);
    }

    @Test
    void aForcedDetachThatIsFollowedByAnAttachMakesANewVif() throws Exception {
        TestGuest guest = guest();
        TestVif vif = TestVif.attach(host, guest, 0, BRIDGE);
        vif.remove();
        vif.untilNoInterface();
        TestVif.attach(host, guest, 0, BRIDGE);
        assertReachesDom0(guest);
    }

    @Test
    void aDeadGuestIsAZombieUntilItsBackendDirectoryGoes() throws Exception {
        TestGuest guest = guest();
        TestVif vif = TestVif.attach(host, guest, 0, BRIDGE);
        guests.remove(guest);
        guest.close();

        vif.askToDetach();
        host.store().remove(0, vif.frontend);
        assertThat(hypervisor.domains().find(guest.domid).orElseThrow().dying()).isTrue();
        assertThat(vif.hasInterface()).isTrue();
        host.store().remove(0, vif.backend);

        vif.untilNoInterface();
        Await.until(
                "the domid goes",
                TestGuest.PATIENCE,
                () -> hypervisor.domains().find(guest.domid).isEmpty());
    }

    @Test
    void aGuestThatGoesDownInGoodOrderLetsGoOfItsVifs() throws Exception {
        TestGuest guest = guest();
        TestVif vif = TestVif.attach(host, guest, 0, BRIDGE);
        guest.type("poweroff\r").untilEnded(ShutdownReason.POWEROFF);
        vif.untilStates("6", "6");
        assertThat(vif.hasInterface()).isTrue();
    }

    @Test
    void aRateHoldsAndChangesLive() throws Exception {
        TestGuest guest = guest();
        // 1500 bytes in each 10 ms: what is saved up is at most 128 KiB, and nothing at first.
        TestVif vif = TestVif.publish(host, guest, 0, Map.of("rate", "1500,10000"));
        vif.untilInterface();
        vif.connect(BRIDGE, TestVif.OPEN);
        vif.untilStates("4", "4");

        assertReachesDom0(guest);
        long limited = nanosOf(guest, 60);
        assertThat(limited).isGreaterThan(Duration.ofMillis(400).toNanos());
        // When netback takes notice of a change nobody is told.
        vif.write("rate", "150000,10000");
        Await.until("a faster rate", TestGuest.PATIENCE, () -> nanosOf(guest, 60) < limited / 2);
        vif.write("rate", "1500,100000");
        long slow = Duration.ofMillis(700).toNanos();
        Await.until("a slower rate", TestGuest.PATIENCE, () -> nanosOf(guest, 10) > slow);
    }

    /** How long a guest takes to send so many frames of 1442 bytes and get the answers. */
    private static long nanosOf(TestGuest guest, int frames) {
        long start = System.nanoTime();
        String answer = guest.answer("ping -W 5 -i 0 -s 1400 -c " + frames + " " + DOM0 + " ; netstat -i");
        assertThat(answer).contains(frames + " packets received");
        return System.nanoTime() - start;
    }

    @Test
    void longFramesTakeSeveralPages() throws Exception {
        TestGuest guest = guest();
        TestVif vif = TestVif.publish(host, guest, 0, Map.of(), 9000);
        vif.untilInterface();
        devices.connect(new VifPort(vif.name, vif.name, 9000, BRIDGE, false, null, List.of(), null, TestVif.OPEN));
        TestGuest other = TestGuest.booted(host, "sim:linux", "ip=10.77.0.12/24");
        guests.add(other);
        TestVif second = TestVif.publish(host, other, 0, Map.of(), 9000);
        second.untilInterface();
        devices.connect(
                new VifPort(second.name, second.name, 9000, BRIDGE, false, null, List.of(), null, TestVif.OPEN));
        vif.untilStates("4", "4");
        second.untilStates("4", "4");

        assertThat(guest.answer("ping -c 3 -i 0.01 -W 10 -s 8972 10.77.0.12")).contains("3 packets received");
    }

    @Test
    void aPausedGuestLosesWhatFindsNoRoom() throws Exception {
        TestGuest one = guest();
        TestGuest two = TestGuest.booted(host, "sim:linux", "ip=10.77.0.12/24");
        guests.add(two);
        TestVif.attach(host, one, 0, BRIDGE);
        TestVif vif = TestVif.attach(host, two, 0, BRIDGE);
        two.hypervisor().domains().pause(two.domid);

        one.answer("spoof ip -c 400; netstat -i");
        Await.until("drops", TestGuest.PATIENCE, () -> vif.statistics().receiveDrops() > 100);
        two.hypervisor().domains().unpause(two.domid);
        // What is sent before it has made room is lost too.
        Await.until(
                "it is reached again",
                TestGuest.PATIENCE,
                () -> one.answer("ping -c 1 -W 1 10.77.0.12").contains("1 packets received"));
    }

    @Test
    void stuckNetfrontNeitherConnectsNorLetsGo() throws Exception {
        TestGuest guest = guest();
        host.faults().armFor(Fault.STUCK_NETFRONT, guest.domid, 1);
        TestVif vif = TestVif.publish(host, guest, 0, Map.of());
        vif.untilStates("2", "1");
        vif.untilInterface();
        vif.connect(BRIDGE, TestVif.OPEN);
        assertThat(guest.answer("ip link")).doesNotContain("eth0");
        host.faults().disarm(Fault.STUCK_NETFRONT);
        vif.untilStates("4", "4");

        host.faults().armFor(Fault.STUCK_NETFRONT, guest.domid, 1);
        vif.askToDetach();
        Await.until("the fault", TestGuest.PATIENCE, () -> host.faults().struck(Fault.STUCK_NETFRONT) == 2);
        assertReachesDom0(guest);
        vif.untilStates("5", "4");
        vif.remove();
        vif.untilNoInterface();
        assertThat(guest.answer("ip link")).doesNotContain("eth0");
    }

    @Test
    void anInterfaceMayAppearLate() throws Exception {
        TestGuest guest = guest();
        host.faults().armFor(Fault.LATE_VIF, guest.domid, 1);
        TestVif vif = TestVif.publish(host, guest, 0, Map.of());
        vif.untilStates("2", "4");
        assertThat(vif.hasInterface()).isFalse();
        vif.untilInterface();
        vif.untilStates("4", "4");
        vif.connect(BRIDGE, TestVif.OPEN);
        assertReachesDom0(guest);
    }

    @Test
    void anInterfaceMayRefuseToBeConnected() throws Exception {
        TestVif vif = TestVif.publish(host, guest(), 0, Map.of());
        vif.untilInterface();
        host.faults().arm("LINK_BUSY:1");
        assertThat(refused(vif)).isEqualTo(ProblemType.HYPERVISOR);
        host.faults().arm("LINK_GONE:1");
        assertThat(refused(vif)).isEqualTo(ProblemType.NOT_FOUND);
        assertThat(devices.guarded()).isEmpty();
        vif.connect(BRIDGE, vif.guard());
        assertThat(devices.guarded()).containsExactly(vif.name);
    }

    private static ProblemType refused(TestVif vif) {
        return catchThrowableOfType(ProblemException.class, () -> vif.connect(BRIDGE, vif.guard()))
                .problem()
                .type();
    }

    @Test
    void aLostFrameIsMissedByNobodyButItsReceiver() throws Exception {
        TestGuest guest = guest();
        TestVif.attach(host, guest, 0, BRIDGE);
        assertReachesDom0(guest);
        host.faults().armFor(Fault.FRAME_LOSS, guest.domid, 1);
        assertThat(guest.answer("ping -c 3 -i 0.05 -W 0.3 " + DOM0)).contains("2 packets received");
    }

    @Test
    void anotherToolstackAttachesAndDetaches() throws Exception {
        ForeignDomain foreign = host.createForeign("theirs");
        MacAddress mac = MacAddress.parse("00:16:3e:0a:0b:0c");
        host.attachForeignVif(foreign.domid(), 0, mac, BRIDGE);
        String backend = "/local/domain/0/backend/vif/" + foreign.domid() + "/0";
        Await.until(
                "the vif to connect",
                TestGuest.PATIENCE,
                () -> host.store().read(0, backend + "/state").orElse("").equals("4"));
        assertThat(host.store().read(0, backend + "/script")).contains("/etc/xen/scripts/vif-bridge");
        String name = devices.vifName(foreign.domid(), 0);
        assertThat(devices.links())
                .anyMatch(link -> link.name().equals(name) && BRIDGE.equals(link.master()) && link.up());

        host.detachForeignVif(foreign.domid(), 0);
        assertThat(host.store().read(0, backend + "/state")).isEmpty();
        Await.until(
                "the interface goes",
                TestGuest.PATIENCE,
                () -> devices.links().stream().noneMatch(link -> link.name().equals(name)));
    }

    @Test
    void manyGuestsReachDom0() throws Exception {
        List<TestVif> vifs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            TestGuest guest = TestGuest.booted(host, "sim:linux", "ip=10.77.0." + (20 + i) + "/24");
            guests.add(guest);
            vifs.add(TestVif.publish(host, guest, 0, Map.of()));
        }
        for (TestVif vif : vifs) {
            vif.untilInterface();
            vif.connect(BRIDGE, TestVif.OPEN);
            vif.untilStates("4", "4");
        }
        for (int i = 0; i < 12; i++) {
            TestGuest guest = guests.get(i).untilPrinted("# ");
            assertThat(guest.answer("ping -c 2 -i 0.01 -W 10 10.77.0." + (20 + (i + 5) % 12)))
                    .contains("2 packets received");
        }
    }
}
