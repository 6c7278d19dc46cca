package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.NetworkDevicesContract;
import dev.xcs.model.HostLink;
import dev.xcs.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** The contract on this machine's kernel, in a network of its own; as root. A vif is one end of a veth pair, its guest sits at the other. */
class LinuxNetworkDevicesTest extends NetworkDevicesContract {
    private static final Duration SOON = Duration.ofSeconds(20);

    private NetworkNamespace before;
    private NetworkNamespace dom0;
    private final Map<String, PacketSocket> guests = new HashMap<>();

    @AfterEach
    void leaveIt() {
        guests.values().forEach(PacketSocket::close);
        if (before != null) {
            before.enter();
            before.close();
            dom0.close();
        }
    }

    @Override
    protected NetworkDevices open() {
        if (dom0 == null) {
            NetworkNamespace.requireRoot();
            before = NetworkNamespace.current();
            dom0 = NetworkNamespace.create();
            dom0.enter();
        }
        return LinuxNetworkDevices.open(
                MadeUpSystem.libc(), XenLibraries::loadNftables, Path.of("/"), List.of(Path.of("/usr/bin")));
    }

    @Override
    protected void close(NetworkDevices opened) {
        ((LinuxNetworkDevices) opened).close();
    }

    private static String farEnd(String device) {
        return device.replace("vif", "far");
    }

    @Override
    protected void plug(String device) {
        NetworkNamespace.ip("link add " + device + " address fe:ff:ff:ff:ff:ff type veth peer name " + farEnd(device));
        NetworkNamespace.ip("link set " + farEnd(device) + " addrgenmode none up");
        guests.put(device, new PacketSocket(index(farEnd(device))));
    }

    private static int index(String name) {
        try (LinuxNetworkDevices devices =
                LinuxNetworkDevices.open(MadeUpSystem.libc(), XenLibraries::loadNftables, Path.of("/"), List.of())) {
            return devices.links().stream()
                    .filter(link -> link.name().equals(name))
                    .mapToInt(HostLink::index)
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Override
    protected void unplug(String device) {
        guests.remove(device).close();
        NetworkNamespace.ip("link del " + farEnd(device));
    }

    /** The kernel opens a bridge's port some time after it was connected; a frame that is sent before is lost. */
    @Override
    protected void send(String device, byte[] frame) throws Exception {
        Await.until(
                "every port forwards",
                SOON,
                () -> !NetworkNamespace.ip("-d -o link").contains("bridge_slave state disabled"));
        guests.get(device).send(frame);
    }

    @Override
    protected List<byte[]> received(String device) {
        return guests.get(device).received();
    }

    @Override
    protected void makeForeignBridge(String name) {
        NetworkNamespace.ip("link add " + name + " type bridge");
        NetworkNamespace.ip("link set " + name + " up");
    }
}
