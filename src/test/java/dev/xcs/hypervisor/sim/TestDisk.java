package dev.xcs.hypervisor.sim;

import dev.xcs.model.DeviceNumber;
import dev.xcs.testing.Await;
import java.util.LinkedHashMap;
import java.util.Map;

/** The nodes of one disk, written as the daemon writes them: all in one moment, physical-device too, no script, no hotplug-status. */
final class TestDisk {
    private final SimHost host;
    final String backend;
    final String frontend;

    private TestDisk(SimHost host, int domid, int vdev) {
        this.host = host;
        this.backend = "/local/domain/0/backend/vbd/" + domid + "/" + vdev;
        this.frontend = "/local/domain/" + domid + "/device/vbd/" + vdev;
    }

    /** @param mode w or r */
    static TestDisk attach(SimHost host, TestGuest guest, int vdev, DeviceNumber device, String mode) {
        return attach(host, guest, vdev, device.hex(), mode, "disk");
    }

    static TestDisk attach(SimHost host, TestGuest guest, int vdev, String physical, String mode, String type) {
        TestDisk disk = new TestDisk(host, guest.domid, vdev);
        SimXenstored store = (SimXenstored) host.store();
        store.write(0, disk.frontend, "");
        store.permit(0, disk.frontend, "n" + guest.domid, "r0");
        store.write(0, disk.backend, "");
        store.permit(0, disk.backend, "n0", "r" + guest.domid);
        Map<String, String> nodes = new LinkedHashMap<>();
        disk.put(nodes, disk.frontend, "backend", disk.backend, "backend-id", "0", "device-type", type);
        disk.put(nodes, disk.frontend, "virtual-device", "" + vdev, "trusted", "1", "state", "1");
        disk.put(nodes, disk.backend, "frontend", disk.frontend, "frontend-id", "" + guest.domid, "online", "1");
        disk.put(nodes, disk.backend, "mode", mode, "device-type", type, "type", "phy");
        disk.put(nodes, disk.backend, "physical-device", physical, "state", "1");
        store.update(0, disk.backend, nodes);
        return disk;
    }

    private void put(Map<String, String> nodes, String directory, String... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            nodes.put(directory + "/" + keysAndValues[i], keysAndValues[i + 1]);
        }
    }

    String back(String key) {
        return host.store().read(0, backend + "/" + key).orElse("(none)");
    }

    String front(String key) {
        return host.store().read(0, frontend + "/" + key).orElse("(none)");
    }

    void write(String key, String value) {
        host.store().write(0, backend + "/" + key, value);
    }

    TestDisk untilStates(String backState, String frontState) throws Exception {
        try {
            Await.until(
                    "states",
                    TestGuest.PATIENCE,
                    () -> back("state").equals(backState) && front("state").equals(frontState));
        } catch (AssertionError e) {
            throw new AssertionError(
                    "expected states " + backState + " and " + frontState + ", but they are " + back("state") + " and "
                            + front("state"),
                    e);
        }
        return this;
    }

    void askToDetach() {
        host.store().update(0, backend, new LinkedHashMap<>(Map.of(backend + "/online", "0", backend + "/state", "5")));
    }

    void remove() {
        host.store().remove(0, frontend);
        host.store().remove(0, backend);
    }
}
