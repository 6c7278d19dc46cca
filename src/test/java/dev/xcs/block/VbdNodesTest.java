package dev.xcs.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.StoreNode;
import dev.xcs.model.VirtualDevice;
import dev.xcs.platform.Dom0;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VbdNodesTest {
    private static final VbdPaths PATHS = new VbdPaths(7, 51712);
    private static final String BACK = "/local/domain/0/backend/vbd/7/51712";
    private static final String FRONT = "/local/domain/7/device/vbd/51712";

    private static List<StoreNode> nodes(DiskSpec spec, @Nullable OpenBacking backing) {
        KeptDisk disk = new KeptDisk(spec, new VirtualDevice(51712));
        if (backing != null) {
            disk.back(backing);
        }
        return new VbdNodes(Dom0.LINUX).of(PATHS, disk);
    }

    private static OpenBacking loop() {
        Backing file = new Backing("/srv/a.img", Backing.Kind.FILE, 512, 512, null, false, List.of(), List.of());
        return new OpenBacking(
                OpenBacking.Kind.LOOP, file, "/dev/loop10", new DeviceNumber(7, 10), 512, List.of(), true);
    }

    private static StoreNode node(String path, String value) {
        return new StoreNode(path, value, null);
    }

    @Test
    void givesTheBackEndTheDeviceInHexadecimalSoThatNoScriptIsNeeded() {
        List<StoreNode> nodes = nodes(DiskSpec.of("/srv/a.img", "xvda"), loop());
        assertThat(nodes)
                .contains(
                        node(BACK + "/physical-device", "7:a"),
                        node(BACK + "/params", "/srv/a.img"),
                        node(BACK + "/mode", "w"),
                        node(BACK + "/hotplug-status", "connected"),
                        node(FRONT + "/virtual-device", "51712"),
                        node("/libxl/7/device/vbd/51712/backend", BACK));
    }

    @Test
    void eachEndIsReadableByTheOtherAndWritableByItsOwn() {
        List<StoreNode> nodes = nodes(DiskSpec.of("/srv/a.img", "xvda"), loop());
        assertThat(nodes).contains(new StoreNode(FRONT, "", List.of("n7", "r0")));
        assertThat(nodes).contains(new StoreNode(BACK, "", List.of("n0", "r7")));
        assertThat(nodes.indexOf(new StoreNode(BACK, "", List.of("n0", "r7"))))
                .as("before what inherits from it")
                .isLessThan(nodes.indexOf(node(BACK + "/mode", "w")));
    }

    @Test
    void anEmptyDriveHasNoDevice() {
        DiskSpec drive = DiskSpec.of(null, "xvda", null, null, DiskDevice.CDROM, null, null, null, null, null);
        List<StoreNode> nodes = nodes(drive, null);
        assertThat(nodes).extracting(StoreNode::path).doesNotContain(BACK + "/physical-device");
        assertThat(nodes)
                .contains(
                        node(BACK + "/params", ""),
                        node(BACK + "/mode", "r"),
                        node("/libxl/7/device/vbd/51712/removable", "1"),
                        node(BACK + "/discard-enable", "0"),
                        node(FRONT + "/device-type", "cdrom"));
    }
}
