package dev.xcs.hypervisor.sim;

import dev.xcs.model.DeviceNumber;
import java.util.Map;

/** The nodes of one disk: physical-device too, no script, no hotplug-status. */
final class TestDisk extends TestDevice {
    private TestDisk(SimHost host, int domid, int vdev) {
        super(host, domid, "vbd", vdev);
    }

    /** @param mode w or r */
    static TestDisk attach(SimHost host, TestGuest guest, int vdev, DeviceNumber device, String mode) {
        return attach(host, guest, vdev, device.hex(), mode, "disk");
    }

    static TestDisk attach(SimHost host, TestGuest guest, int vdev, String physical, String mode, String type) {
        TestDisk disk = new TestDisk(host, guest.domid, vdev);
        disk.publish(
                Map.of("mode", mode, "device-type", type, "type", "phy", "physical-device", physical),
                Map.of("device-type", type, "virtual-device", "" + vdev));
        return disk;
    }
}
