package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.InterfaceName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments of ovs-vsctl(8): each list is one transaction of its database. */
public final class OvsCommands {
    /** The key of a bridge's external_ids under which the network stands that it was made for. */
    public static final String OWNER = "xcs-network";

    /** Seconds to wait for the database and the switch. */
    private static final String TIMEOUT = "--timeout=10";

    private OvsCommands() {}

    /** Makes, or mends, a network's bridge with its uplink. */
    public static List<String> putBridge(HostNetwork network, String bridge) {
        List<String> all = begin("--may-exist", "add-br", name(bridge));
        and(all, "br-set-external-id", bridge, OWNER, network.name());
        and(all, "set", "bridge", bridge, "other-config:hwaddr=\"" + network.mac() + "\"");
        and(all, "set", "interface", bridge, "mtu_request=" + network.mtu());
        String uplink = network.uplink();
        if (uplink != null) {
            and(all, "--may-exist", "add-port", bridge, name(uplink));
            tag(all, uplink, network.vlan());
        }
        return all;
    }

    public static List<String> removeBridge(String bridge) {
        return begin("--if-exists", "del-br", name(bridge));
    }

    /** Fails if it is on another bridge. */
    public static List<String> keepPort(String bridge, String port, @Nullable Integer vlan) {
        List<String> all = begin("--may-exist", "add-port", name(bridge), name(port));
        tag(all, port, vlan);
        return all;
    }

    /** From whichever bridge it is on, in the same transaction. */
    public static List<String> movePort(String bridge, String port, @Nullable Integer vlan) {
        List<String> all = begin("--if-exists", "del-port", name(port));
        and(all, "add-port", name(bridge), port);
        tag(all, port, vlan);
        return all;
    }

    public static List<String> removePort(String port) {
        return begin("--if-exists", "del-port", name(port));
    }

    /** Rows of a name and a map, as JSON. */
    public static List<String> listBridges() {
        return List.of(TIMEOUT, "--format=json", "--", "--columns=name,external_ids", "list", "bridge");
    }

    private static void tag(List<String> all, String port, @Nullable Integer vlan) {
        if (vlan == null) {
            and(all, "clear", "port", port, "tag");
        } else {
            and(all, "set", "port", port, "tag=" + vlan);
        }
    }

    private static List<String> begin(String... command) {
        List<String> all = new ArrayList<>(List.of(TIMEOUT, "--"));
        all.addAll(List.of(command));
        return all;
    }

    private static void and(List<String> all, String... command) {
        all.add("--");
        all.addAll(List.of(command));
    }

    private static String name(String text) {
        return InterfaceName.check("name", text);
    }
}
