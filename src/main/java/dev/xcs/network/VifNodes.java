package dev.xcs.network;

import dev.xcs.device.DevicePaths;
import dev.xcs.model.IpAddress;
import dev.xcs.model.StoreNode;
import dev.xcs.model.VifSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The nodes of a vif for both ends, so that the kernel's back-end needs nothing more: netback's probe fails where {@code script} is missing,
 * be it empty, and it connects only when {@code hotplug-status} says so (seen on Xen 4.17 with Linux 6.1).
 */
final class VifNodes {
    static final String HOTPLUG_STATUS = "hotplug-status";
    static final String CONNECTED = "connected";

    private VifNodes() {}

    /**
     * In the order in which they are to be written, so that permissions are inherited.
     *
     * @param running whether the guest runs: then nothing may pass before the interface is on its network, of which the back-end is told later
     */
    static List<StoreNode> of(DevicePaths paths, KeptVif vif, boolean running) {
        List<StoreNode> nodes = new ArrayList<>();
        frontend(paths, vif, nodes);
        backend(paths, vif, running, nodes);
        mirror(paths, vif, nodes);
        return nodes;
    }

    private static void frontend(DevicePaths paths, KeptVif vif, List<StoreNode> nodes) {
        String front = paths.frontend();
        nodes.add(paths.frontendRoot());
        nodes.add(node(front + "/backend", paths.backend()));
        nodes.add(node(front + "/backend-id", 0));
        nodes.add(node(front + "/state", 1));
        nodes.add(node(front + "/handle", vif.index()));
        nodes.add(node(front + "/mac", vif.mac()));
        // What front-ends take for granted is left out.
        if (!vif.spec().trusted()) {
            nodes.add(node(front + "/trusted", 0));
        }
        if (mtu(vif) != Place.DEFAULT_MTU) {
            nodes.add(node(front + "/mtu", mtu(vif)));
        }
    }

    private static void backend(DevicePaths paths, KeptVif vif, boolean running, List<StoreNode> nodes) {
        String back = paths.backend();
        nodes.add(paths.backendRoot());
        nodes.add(node(back + "/frontend", paths.frontend()));
        nodes.add(node(back + "/frontend-id", paths.domid()));
        nodes.add(node(back + "/online", 1));
        nodes.add(node(back + "/state", 1));
        common(back, vif, nodes);
        if (vif.place().network() != null) {
            nodes.add(node(back + "/" + StoredVif.NETWORK, vif.place().network()));
        }
        // A script says itself when it is done.
        boolean early = !running && vif.spec().script() == null;
        nodes.add(node(back + "/" + HOTPLUG_STATUS, early ? CONNECTED : ""));
    }

    /** What xl looks at: network-list, and destroy to find the back-end. */
    private static void mirror(DevicePaths paths, KeptVif vif, List<StoreNode> nodes) {
        String libxl = paths.libxl();
        nodes.add(node(libxl + "/frontend", paths.frontend()));
        nodes.add(node(libxl + "/backend", paths.backend()));
        nodes.add(node(libxl + "/type", KeptVif.KIND));
        common(libxl, vif, nodes);
    }

    private static void common(String directory, KeptVif vif, List<StoreNode> nodes) {
        VifSpec spec = vif.spec();
        nodes.add(node(directory + "/mac", vif.mac()));
        nodes.add(node(directory + "/handle", vif.index()));
        nodes.add(node(directory + "/script", spec.script() == null ? "" : spec.script()));
        nodes.add(node(
                directory + "/bridge",
                vif.place().bridge() == null ? "" : vif.place().bridge()));
        if (!vif.addresses().isEmpty()) {
            nodes.add(node(directory + "/ip", ip(vif.addresses())));
        }
        if (spec.vifname() != null) {
            nodes.add(node(directory + "/vifname", spec.vifname()));
        }
        if (spec.gatewayDev() != null) {
            nodes.add(node(directory + "/gatewaydev", spec.gatewayDev()));
        }
        if (spec.rate() != null) {
            nodes.add(node(directory + "/rate", spec.rate().node()));
        }
        if (mtu(vif) != Place.DEFAULT_MTU) {
            nodes.add(node(directory + "/mtu", mtu(vif)));
        }
    }

    static String ip(List<IpAddress> addresses) {
        return addresses.stream().map(IpAddress::text).collect(Collectors.joining(" "));
    }

    private static int mtu(KeptVif vif) {
        Integer asked = vif.spec().mtu();
        return asked == null ? vif.place().mtu() : asked;
    }

    private static StoreNode node(String path, Object value) {
        return new StoreNode(path, value.toString(), null);
    }
}
