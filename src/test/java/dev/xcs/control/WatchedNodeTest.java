package dev.xcs.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.ByteRate;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WatchedNodeTest {
    @ParameterizedTest
    @CsvSource({
        "/local/domain/7/device/vbd/51712/state, 1, BLKIF_FE.INTERFACE_STATUS",
        "/local/domain/7/device/vbd/51712/state, 3, BLKIF_FE.INTERFACE_CONNECT",
        "/local/domain/7/device/vbd/51712/state, 4, BLKIF_FE.INTERFACE_STATUS",
        "/local/domain/7/device/vif/0/state, 5, NETIF_FE.INTERFACE_DISCONNECT",
        "/local/domain/0/backend/vbd/7/51712/state, 2, BLKIF_BE.CREATE",
        "/local/domain/0/backend/qdisk/7/51712/state, 4, BLKIF_BE.CONNECT",
        "/local/domain/0/backend/vif/7/0/state, 6, NETIF_BE.DISCONNECT",
        "/local/domain/7/control/shutdown, poweroff, SHUTDOWN.POWEROFF",
        "/local/domain/7/control/shutdown, reboot, SHUTDOWN.REBOOT",
        "/local/domain/7/control/sysrq, h, SHUTDOWN.SYSRQ",
        "/local/domain/7/memory/target, 65536, MEM_REQUEST.SET",
        "/local/domain/7/cpu/1/availability, offline, VCPU_HOTPLUG.OFF",
        "/local/domain/7/cpu/1/availability, online, VCPU_HOTPLUG.ON"
    })
    void tellsAChangeInTheClassicWords(String path, String value, String subtype) {
        WatchedNode node = WatchedNode.of(path).orElseThrow();
        assertThat(node.domid()).isEqualTo(7);
        assertThat(node.meaning("something else", value).orElseThrow().subtype().json())
                .isEqualTo(subtype);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/local/domain/7",
                "/local/domain/7/name",
                "/local/domain/7/device/vbd/51712",
                "/local/domain/7/device/vbd/51712/ring-ref",
                "/local/domain/7/device/vbd/x/state",
                "/local/domain/7/data/control/shutdown",
                "/local/domain/7/device/vif/0/rate",
                "/local/domain/0/backend/vbd/7/51712/rate",
                "/local/domain/99999999999999999999/memory/target",
                "@releaseDomain"
            })
    void otherNodesSayNothing(String path) {
        assertThat(WatchedNode.of(path)).isEmpty();
    }

    @Test
    void aGuestAcknowledgesByEmptyingTheNode() {
        WatchedNode node = WatchedNode.of("/local/domain/7/control/shutdown").orElseThrow();
        assertThat(node.meaning("poweroff", "").orElseThrow().subtype())
                .isEqualTo(ControlSubtype.SHUTDOWN_ACKNOWLEDGED);
        assertThat(node.meaning(null, "")).isEmpty();
        assertThat(node.meaning("", null)).isEmpty();
    }

    /** Of a directory that is removed, xenstored names nothing but itself. */
    @Test
    void theStateOfADeviceIsReadWhenItsDirectoryGoes() {
        assertThat(WatchedNode.readFor("/local/domain/0/backend/vif/7/1"))
                .contains("/local/domain/0/backend/vif/7/1/state");
        assertThat(WatchedNode.readFor("/local/domain/7/device/vbd/51712"))
                .contains("/local/domain/7/device/vbd/51712/state");
        assertThat(WatchedNode.readFor("/local/domain/7/memory/target")).contains("/local/domain/7/memory/target");
        assertThat(WatchedNode.readFor("/local/domain/0/backend/vif/7")).isEmpty();
        assertThat(WatchedNode.readFor("/local/domain/7/name")).isEmpty();
    }

    @Test
    void aRateOfAVifIsACreditLimit() {
        WatchedNode node =
                WatchedNode.of("/local/domain/0/backend/vif/7/1/rate").orElseThrow();

        assertThat(node.domid()).isEqualTo(7);
        assertThat(node.meaning(null, "25000,20000").orElseThrow())
                .isEqualTo(new WatchedNode.Meaning(
                        ControlSubtype.NETIF_BE_CREDITLIMIT,
                        new ControlPayload.VifRate(1, ByteRate.parse("10Mb/s@20ms"))));
        for (String nonsense : new String[] {"", "fast", "1", "1,0", "0,20000", "9".repeat(18) + ",1", "-1,5"}) {
            assertThat(node.meaning(null, nonsense)).as(nonsense).isEmpty();
        }
        assertThat(node.meaning("25000,20000", null)).as("with its vif").isEmpty();
    }

    @Test
    void aBackendThatIsRemovedIsDestroyed() {
        WatchedNode node =
                WatchedNode.of("/local/domain/0/backend/vbd/7/51712/state").orElseThrow();
        WatchedNode.Meaning meaning = node.meaning("6", null).orElseThrow();
        assertThat(meaning.subtype()).isEqualTo(ControlSubtype.BLKIF_BE_DESTROY);
        assertThat(meaning.payload()).isEqualTo(new ControlPayload.DeviceStatus(51712, 0, 0));
    }

    @Test
    void nonsenseWrittenByAGuestIsStillAMessage() {
        WatchedNode node = WatchedNode.of("/local/domain/7/device/vif/0/state").orElseThrow();
        assertThat(node.meaning("1", "four").orElseThrow().payload())
                .isEqualTo(new ControlPayload.DeviceStatus(0, 0, 0));
    }
}
