package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.NetworkDevices;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks of simulated guests: the handshake with the simulated netback, and frames through rings and bridges. */
class SimNetworkTest {
    private static final String BRIDGE = "xenbr0";

    @TempDir
    Path dir;

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
        host.close();
    }

    private TestGuest guest(String address) {
        TestGuest guest = TestGuest.booted(host, "sim:linux", "ip=" + address);
        guest.untilPrinted("# ");
        return guest;
    }

    private static void assertReaches(TestGuest guest, String address) {
        assertThat(guest.answer("ping -c 2 -i 0.01 " + address)).contains("2 packets received");
    }

    @Test
    void twoGuestsOnABridgePingEachOtherAndDom0() throws Exception {
        try (TestGuest one = guest("10.77.0.11/24");
                TestGuest two = guest("10.77.0.12/24")) {
            TestVif first = TestVif.attach(host, one, 0, BRIDGE);
            TestVif.attach(host, two, 0, BRIDGE);

            assertReaches(one, "10.77.0.12");
            assertReaches(two, "10.77.0.11");
            assertReaches(one, "10.77.0.1");
            assertThat(one.answer("arping -c 1 10.77.0.12")).contains("[00:16:3e:00:02:00]");
            assertThat(first.statistics().transmittedPackets()).isGreaterThan(6);
        }
    }
}
