package dev.xcs.platform;

import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Dom0System;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The table of what differs between systems that are dom0, as libxl and their kernels have it: NetBSD's is that of xen.git's HEAD. */
public enum Dom0 {
    LINUX {
        @Override
        public String vifName(int domid, int index) {
            return "vif" + domid + "." + index;
        }

        @Override
        public String bridgeName(String network) {
            return "xcs-" + network;
        }

        @Override
        public String hostSide(String bridge) {
            return bridge;
        }

        @Override
        public String defaultBridge() {
            return "xenbr0";
        }

        @Override
        public List<Path> devices() {
            return Stream.of("privcmd", "evtchn", "gntdev")
                    .map(Path.of("/dev/xen")::resolve)
                    .toList();
        }

        @Override
        public Path scriptDirectory() {
            return Path.of("/etc/xen/scripts");
        }

        @Override
        public ScriptCall attach(ScriptedDevice device) {
            return call(device, device.kind().equals("vif") ? "online" : "add");
        }

        @Override
        public ScriptCall detach(ScriptedDevice device) {
            return call(device, device.kind().equals("vif") ? "offline" : "remove");
        }

        private ScriptCall call(ScriptedDevice device, String action) {
            Map<String, String> environment = new HashMap<>();
            environment.put("script", device.script().toString());
            environment.put("XENBUS_TYPE", device.kind());
            environment.put("XENBUS_PATH", device.backend().substring(DOM0_HOME.length()));
            environment.put("XENBUS_BASE_PATH", "backend");
            if (device.kind().equals("vif")) {
                environment.put("vif", device.interfaceName());
                environment.put("netdev", device.gatewayDev());
                return new ScriptCall(List.of(action, "type_if=vif"), environment);
            }
            return new ScriptCall(List.of(action), environment);
        }

        @Override
        public String physicalDevice(DeviceNumber device) {
            return Integer.toHexString(device.major()) + ":" + Integer.toHexString(device.minor());
        }

        @Override
        public DeviceNumber deviceNumber(String physicalDevice) {
            String[] parts = physicalDevice.split(":", -1);
            if (parts.length != 2) {
                throw new NumberFormatException("not major:minor: " + physicalDevice);
            }
            return new DeviceNumber(Integer.parseInt(parts[0], 16), Integer.parseInt(parts[1], 16));
        }
    },

    NETBSD {
        @Override
        public String vifName(int domid, int index) {
            return "xvif" + domid + "i" + index;
        }

        /** Its bridges have numbers, not names: one that is always the same and that nobody counts up to. */
        @Override
        public String bridgeName(String network) {
            return BRIDGE + (FIRST_OWN_BRIDGE + Math.floorMod(network.hashCode(), OWN_BRIDGES));
        }

        /** A bridge has no end of its own: dom0 is one of its members, by vether(4). */
        @Override
        public String hostSide(String bridge) {
            return "vether" + bridge.substring(BRIDGE.length());
        }

        @Override
        public String defaultBridge() {
            return "bridge0";
        }

        /** Grant tables have no device of their own. */
        @Override
        public List<Path> devices() {
            return List.of(Path.of("/kern/xen/privcmd"), Path.of("/dev/xenevt"));
        }

        /** Where pkgsrc's xentools have them; only the toolset of Xen 2.0 had no directory of its own for them. */
        @Override
        public Path scriptDirectory() {
            return Path.of("/usr/pkg/etc/xen/scripts");
        }

        @Override
        public ScriptCall attach(ScriptedDevice device) {
            return new ScriptCall(List.of(device.backend(), INIT_WAIT), Map.of());
        }

        @Override
        public ScriptCall detach(ScriptedDevice device) {
            return new ScriptCall(List.of(device.backend(), CLOSED), Map.of());
        }

        /** The number that stat(2) gives, in decimal: eight low bits of the minor, twelve of the major, and the rest of the minor on top. */
        @Override
        public String physicalDevice(DeviceNumber device) {
            long raw = (long) device.major() << 8 & MAJOR_BITS
                    | (long) device.minor() << 12 & HIGH_MINOR_BITS
                    | device.minor() & LOW_MINOR_BITS;
            return Long.toString(raw);
        }

        @Override
        public DeviceNumber deviceNumber(String physicalDevice) {
            long raw = Integer.toUnsignedLong(Integer.parseUnsignedInt(physicalDevice));
            return new DeviceNumber(
                    (int) ((raw & MAJOR_BITS) >> 8), (int) ((raw & HIGH_MINOR_BITS) >> 12 | raw & LOW_MINOR_BITS));
        }
    };

    private static final String BRIDGE = "bridge";
    private static final int FIRST_OWN_BRIDGE = 100_000;
    private static final int OWN_BRIDGES = 900_000;

    private static final String DOM0_HOME = "/local/domain/0/";

    /** The XenbusState of the back-end when a script is to attach, and when it is to detach: all that NetBSD's are told. */
    private static final String INIT_WAIT = "2";

    private static final String CLOSED = "6";

    private static final long MAJOR_BITS = 0x000f_ff00L;
    private static final long HIGH_MINOR_BITS = 0xfff0_0000L;
    private static final long LOW_MINOR_BITS = 0xffL;

    public static Dom0 of(Dom0System system) {
        return valueOf(system.name());
    }

    public Dom0System system() {
        return Dom0System.valueOf(name());
    }

    /** What the back-end calls the interface of a vif. */
    public abstract String vifName(int domid, int index);

    /** What the bridge is called that is made for a network, unless somebody says otherwise. */
    public abstract String bridgeName(String network);

    /** The interface that dom0 has its own address by on a bridge that was made for a network. */
    public abstract String hostSide(String bridge);

    /** The bridge of vifs that name none. */
    public abstract String defaultBridge();

    /** The device files by which Xen is controlled: hypercalls first, then event channels. */
    public abstract List<Path> devices();

    /** Where hotplug scripts are unless the administrator says otherwise. */
    public abstract Path scriptDirectory();

    /** How a script is told to attach a device whose back-end has looked at it. */
    public abstract ScriptCall attach(ScriptedDevice device);

    public abstract ScriptCall detach(ScriptedDevice device);

    /** A block device as the node physical-device of a disk's back-end has it. */
    public abstract String physicalDevice(DeviceNumber device);

    /**
     * What {@link #physicalDevice} says.
     *
     * @throws NumberFormatException if it says nothing
     */
    public abstract DeviceNumber deviceNumber(String physicalDevice);
}
