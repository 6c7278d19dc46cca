package dev.xcs.hypervisor.sim;

import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
import dev.xcs.model.ProblemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One disk as Linux's blkback has it (drivers/block/xen-blkback/xenbus.c). It keeps its own idea of its XenbusState: what others write
 * into its node is for the front-end to see. Used by one thread, but for {@link #statistics}.
 */
final class Vbd implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Vbd.class);
    private static final Set<String> PROTOCOLS = Set.of("", "x86_64-abi", "x86_32-abi");
    private static final String SECTOR_BYTES = "512";

    private final SimMachine machine;
    private final SimDisks disks;
    private final Executor io;
    private final int domid;
    private final String directory;
    private final String frontend;
    private final VbdCounters counters = new VbdCounters();
    private int state = XenbusState.INITIALISING;
    private boolean stuck;
    private long sectors;
    private volatile @Nullable OpenDisk disk;
    private @Nullable DeviceNumber number;
    private @Nullable VbdRing ring;
    private VbdMode mode = new VbdMode(true, false, false);

    Vbd(SimMachine machine, SimDisks disks, Executor io, int domid, String directory, String frontend) {
        this.machine = machine;
        this.disks = disks;
        this.io = io;
        this.domid = domid;
        this.directory = directory;
        this.frontend = frontend;
    }

    int state() {
        return state;
    }

    /** The driver takes the device. */
    void probe() {
        moveTo(
                XenbusState.INIT_WAIT,
                Map.of(node("feature-max-indirect-segments"), "0", node("max-ring-page-order"), "0"));
    }

    /** Looks at everything and does what is due; gives whether the driver still has the device afterwards. */
    boolean look() {
        Map<String, String> nodes = machine.store()
                .readAll(
                        0,
                        List.of(
                                node("physical-device"),
                                node("mode"),
                                node("device-type"),
                                node("discard-enable"),
                                node("online"),
                                frontend + "/state",
                                frontend + "/ring-ref",
                                frontend + "/event-channel",
                                frontend + "/protocol"));
        take(nodes);
        switch (nodes.getOrDefault(frontend + "/state", "")) {
            case "1" -> reconnect();
            case "3", "4" -> connect(nodes);
            case "5" -> moveTo(XenbusState.CLOSING, Map.of());
            case "6" -> {
                disconnect();
                moveTo(XenbusState.CLOSED, Map.of());
                return nodes.getOrDefault(node("online"), "0").equals("1");
            }
            // A front-end that has died says nothing: what it had stays mapped until the back-end's directory goes.
            default -> {}
        }
        return true;
    }

    void unstick() {
        stuck = false;
    }

    private void take(Map<String, String> nodes) {
        String device = nodes.getOrDefault(node("physical-device"), "");
        if (device.isEmpty() || state == XenbusState.CLOSING || stuck) {
            return;
        }
        try {
            DeviceNumber wanted = DeviceNumber.ofHex(device);
            if (number != null && !number.equals(wanted)) {
                LOG.info("changing physical device (from {} to {}) not supported.", number.hex(), wanted.hex());
            } else if (number == null) {
                open(wanted, nodes);
            }
        } catch (NumberFormatException e) {
            LOG.debug("{} is not a device number", device, e);
        }
    }

    private void open(DeviceNumber wanted, Map<String, String> nodes) {
        stuck = machine.faults().strikes(Fault.STUCK_BLKBACK, domid);
        if (stuck) {
            return;
        }
        boolean writable = nodes.getOrDefault(node("mode"), "").contains("w");
        boolean discard =
                writable && !nodes.getOrDefault(node("discard-enable"), "1").equals("0");
        boolean cdrom = nodes.getOrDefault(node("device-type"), "").equals("cdrom");
        try {
            disk = disks.open(wanted, writable);
            number = wanted;
            mode = new VbdMode(!writable, cdrom, discard);
        } catch (ProblemException e) {
            fail("creating vbd structure", e);
        }
    }

    /** The front-end starts anew, after a reboot by kexec for example. */
    private void reconnect() {
        if (state == XenbusState.CLOSED) {
            moveTo(XenbusState.INIT_WAIT, Map.of());
        }
    }

    private void connect(Map<String, String> nodes) {
        OpenDisk opened = disk;
        if (state != XenbusState.INIT_WAIT || opened == null) {
            return;
        }
        String protocol = nodes.getOrDefault(frontend + "/protocol", "");
        try {
            int ref = Integer.parseInt(nodes.getOrDefault(frontend + "/ring-ref", ""));
            int port = Integer.parseInt(nodes.getOrDefault(frontend + "/event-channel", ""));
            if (!PROTOCOLS.contains(protocol)) {
                fail("unknown fe protocol " + protocol, null);
                return;
            }
            sectors = opened.sizeBytes() / 512;
            ring = new VbdRing(machine, domid, ref, port, opened, mode, counters, io);
            moveTo(XenbusState.CONNECTED, features(opened));
        } catch (NumberFormatException | ProblemException e) {
            fail("mapping ring-ref port", e);
        }
    }

    private Map<String, String> features(OpenDisk opened) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(node("feature-flush-cache"), "1");
        if (mode.discard()) {
            values.put(node("discard-granularity"), SECTOR_BYTES);
            values.put(node("discard-alignment"), "0");
            values.put(node("feature-discard"), "1");
        }
        values.put(node("feature-barrier"), "0");
        values.put(node("feature-persistent"), "0");
        values.put(node("sectors"), String.valueOf(sectors));
        values.put(node("info"), String.valueOf(mode.info()));
        values.put(node("sector-size"), String.valueOf(opened.sectorBytes()));
        values.put(node("physical-sector-size"), String.valueOf(opened.sectorBytes()));
        return values;
    }

    /** The device may have another size: then the front-end is told, by the state written once more. */
    void resized() {
        OpenDisk opened = disk;
        if (opened != null && state == XenbusState.CONNECTED && opened.sizeBytes() / 512 != sectors) {
            sectors = opened.sizeBytes() / 512;
            write(Map.of(node("sectors"), String.valueOf(sectors)), XenbusState.CONNECTED);
        }
    }

    boolean isOn(DeviceNumber device) {
        return device.equals(number);
    }

    /** Empty as long as the device is not open. */
    Optional<DiskStatistics> statistics() {
        return disk == null ? Optional.empty() : Optional.of(counters.snapshot());
    }

    /** xenbus_dev_fatal: said in xenstore, and the device is given up. */
    private void fail(String what, @Nullable Exception cause) {
        LOG.info("xen-blkback: {}: {}", directory, what, cause);
        String error = "/local/domain/0/error" + directory.substring("/local/domain/0".length()) + "/error";
        moveTo(XenbusState.CLOSING, Map.of(error, "2 " + what));
    }

    private void moveTo(int newState, Map<String, String> before) {
        if (newState != state) {
            state = newState;
            write(before, newState);
        }
    }

    private void write(Map<String, String> before, int newState) {
        Map<String, String> values = new LinkedHashMap<>(before);
        values.put(node("state"), String.valueOf(newState));
        machine.store().update(0, node("state"), values);
    }

    private String node(String name) {
        return directory + "/" + name;
    }

    private void disconnect() {
        if (ring != null) {
            ring.close();
            ring = null;
        }
    }

    @Override
    public void close() {
        disconnect();
        OpenDisk opened = disk;
        if (opened != null) {
            disk = null;
            opened.close();
        }
    }
}
