package dev.xcs.network;

import dev.xcs.model.NetworkKind;
import org.jspecify.annotations.Nullable;

/**
 * Where a vif belongs in dom0.
 *
 * @param network null where a bridge was named
 * @param kind of the network; BRIDGE where a bridge was named
 * @param bridge null for a routed network
 * @param vlan what its frames are tagged with there; null for nothing. Only with Open vSwitch
 * @param uplink where routed addresses are announced; null where they are not
 */
record Place(
        @Nullable String network,
        NetworkKind kind,
        @Nullable String bridge,
        @Nullable Integer vlan,
        @Nullable String uplink,
        int mtu) {
    static final int DEFAULT_MTU = 1500;

    /** A bridge that xcsd knows only by name. */
    static Place onBridge(String bridge) {
        return new Place(null, NetworkKind.BRIDGE, bridge, null, null, DEFAULT_MTU);
    }

    boolean isRouted() {
        return kind == NetworkKind.ROUTED;
    }

    String describe() {
        return network == null ? "bridge " + bridge : "network " + network;
    }
}
