package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifStatistics;
import dev.xcs.testing.Await;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The nodes of one vif: an empty script, hotplug-status connected already; and its interface in dom0. */
final class TestVif extends TestDevice {
    static final VifGuard OPEN = new VifGuard(null, List.of(), true, true, false);

    final MacAddress mac;
    final String name;
    private final NetworkDevices devices;

    private TestVif(SimHost host, TestGuest guest, int index) {
        super(host, guest.domid, "vif", index);
        this.devices = guest.hypervisor().networkDevices();
        this.name = devices.vifName(guest.domid, index);
        this.mac = MacAddress.parse(String.format("00:16:3e:00:%02x:%02x", guest.domid, index));
    }

    /** @param extra nodes of the back-end beside the usual, or instead of them */
    static TestVif publish(SimHost host, TestGuest guest, int index, Map<String, String> extra) {
        TestVif vif = new TestVif(host, guest, index);
        Map<String, String> back = new HashMap<>(Map.of(
                "script",
                "",
                "mac",
                vif.mac.text(),
                "handle",
                "" + index,
                "type",
                "vif",
                "hotplug-status",
                "connected"));
        back.putAll(extra);
        vif.publish(back, Map.of("handle", "" + index, "mac", vif.mac.text(), "mtu", "1500"));
        return vif;
    }

    /** On a bridge without a guard, connected. */
    static TestVif attach(SimHost host, TestGuest guest, int index, String bridge) throws Exception {
        TestVif vif = publish(host, guest, index, Map.of());
        vif.untilInterface();
        vif.connect(bridge, OPEN);
        vif.untilStates("4", "4");
        return vif;
    }

    void connect(@Nullable String bridge, VifGuard guard, String... routes) {
        List<IpAddress> routed = List.of(routes).stream().map(IpAddress::parse).toList();
        devices.connect(new VifPort(name, name, 1500, bridge, false, null, routed, null, guard));
    }

    /** Guarded as the daemon does it. */
    VifGuard guard(String... addresses) {
        return new VifGuard(
                mac, List.of(addresses).stream().map(IpAddress::parse).toList(), false, false, false);
    }

    boolean hasInterface() {
        return devices.links().stream().anyMatch(link -> link.name().equals(name));
    }

    void untilInterface() throws Exception {
        Await.until("the interface " + name, TestGuest.PATIENCE, this::hasInterface);
    }

    void untilNoInterface() throws Exception {
        Await.until("the end of interface " + name, TestGuest.PATIENCE, () -> !hasInterface());
    }

    VifStatistics statistics() {
        return devices.statistics(Set.of(name)).getOrDefault(name, VifStatistics.NONE);
    }

    void untilFiltered(long frames) throws Exception {
        Await.until(
                frames + " frames to be filtered",
                TestGuest.PATIENCE,
                () -> statistics().filtered() == frames);
    }
}
