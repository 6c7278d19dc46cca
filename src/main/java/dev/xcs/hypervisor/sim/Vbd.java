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
 * One disk as Linux's blkback has it (drivers/block/xen-blkback/xenbus.c). Used by one thread, but for {@link #statistics}.
 */
final class Vbd implements BackendDriver.Device {
    private static final Logger LOG = LoggerFactory.getLogger(Vbd.class);
    private static final Set<String> PROTOCOLS = Set.of("", "x86_64-abi", "x86_32-abi");
    private static final String SECTOR_BYTES = "512";
    private static final List<String> OWN =
            List.of("physical-device", "mode", "device-type", "discard-enable", "online");
    private static final List<String> FRONT = List.of("ring-ref", "event-channel", "protocol");

    private final SimMachine machine;
    private final SimDisks disks;
    private final Executor io;
    private final int domid;
    private final BackendNodes nodes;
    private final VbdCounters counters = new VbdCounters();
    private boolean stuck;
    private long sectors;
    private volatile @Nullable OpenDisk disk;
    private @Nullable DeviceNumber number;
    private @Nullable VbdRing ring;
    private VbdMode mode = new VbdMode(true, false, false);

    Vbd(SimMachine machine, SimDisks disks, Executor io, int domid, BackendNodes nodes) {
        this.machine = machine;
        this.disks = disks;
        this.io = io;
        this.domid = domid;
        this.nodes = nodes;
    }

    @Override
    public boolean probe() {
        nodes.moveTo(
                XenbusState.INIT_WAIT,
                Map.of(nodes.node("feature-max-indirect-segments"), "0", nodes.node("max-ring-page-order"), "0"));
        return true;
    }

    @Override
    public boolean look() {
        Map<String, String> values = nodes.read(OWN, FRONT);
        take(values);
        switch (values.getOrDefault(nodes.frontNode("state"), "")) {
            case "1" -> reconnect();
            case "3", "4" -> connect(values);
            case "5" -> nodes.moveTo(XenbusState.CLOSING, Map.of());
            case "6" -> {
                disconnect();
                nodes.moveTo(XenbusState.CLOSED, Map.of());
                return values.getOrDefault(nodes.node("online"), "0").equals("1");
            }
            // A front-end that has died says nothing: what it had stays mapped until the back-end's directory goes.
            default -> {}
        }
        return true;
    }

    void unstick() {
        stuck = false;
    }

    private void take(Map<String, String> values) {
        String device = values.getOrDefault(nodes.node("physical-device"), "");
        if (device.isEmpty() || nodes.state() == XenbusState.CLOSING || stuck) {
            return;
        }
        try {
            DeviceNumber wanted = DeviceNumber.ofHex(device);
            if (number != null && !number.equals(wanted)) {
                LOG.info("changing physical device (from {} to {}) not supported.", number.hex(), wanted.hex());
            } else if (number == null) {
                open(wanted, values);
            }
        } catch (NumberFormatException e) {
            LOG.debug("{} is not a device number", device, e);
        }
    }

    private void open(DeviceNumber wanted, Map<String, String> values) {
        stuck = machine.faults().strikes(Fault.STUCK_BLKBACK, domid);
        if (stuck) {
            return;
        }
        boolean writable = values.getOrDefault(nodes.node("mode"), "").contains("w");
        boolean discard = writable
                && !values.getOrDefault(nodes.node("discard-enable"), "1").equals("0");
        boolean cdrom = values.getOrDefault(nodes.node("device-type"), "").equals("cdrom");
        try {
            disk = disks.open(wanted, writable);
            number = wanted;
            mode = new VbdMode(!writable, cdrom, discard);
        } catch (ProblemException e) {
            nodes.fail("creating vbd structure", e);
        }
    }

    /** The front-end starts anew, after a reboot by kexec for example. */
    private void reconnect() {
        if (nodes.state() == XenbusState.CLOSED) {
            nodes.moveTo(XenbusState.INIT_WAIT, Map.of());
        }
    }

    private void connect(Map<String, String> values) {
        OpenDisk opened = disk;
        if (nodes.state() != XenbusState.INIT_WAIT || opened == null) {
            return;
        }
        String protocol = values.getOrDefault(nodes.frontNode("protocol"), "");
        try {
            int ref = Integer.parseInt(values.getOrDefault(nodes.frontNode("ring-ref"), ""));
            int port = Integer.parseInt(values.getOrDefault(nodes.frontNode("event-channel"), ""));
            if (!PROTOCOLS.contains(protocol)) {
                nodes.fail("unknown fe protocol " + protocol, null);
                return;
            }
            sectors = opened.sizeBytes() / 512;
            ring = new VbdRing(machine, domid, ref, port, opened, mode, counters, io);
            nodes.moveTo(XenbusState.CONNECTED, features(opened));
        } catch (NumberFormatException | ProblemException e) {
            nodes.fail("mapping ring-ref port", e);
        }
    }

    private Map<String, String> features(OpenDisk opened) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(nodes.node("feature-flush-cache"), "1");
        if (mode.discard()) {
            values.put(nodes.node("discard-granularity"), SECTOR_BYTES);
            values.put(nodes.node("discard-alignment"), "0");
            values.put(nodes.node("feature-discard"), "1");
        }
        values.put(nodes.node("feature-barrier"), "0");
        values.put(nodes.node("feature-persistent"), "0");
        values.put(nodes.node("sectors"), String.valueOf(sectors));
        values.put(nodes.node("info"), String.valueOf(mode.info()));
        values.put(nodes.node("sector-size"), String.valueOf(opened.sectorBytes()));
        values.put(nodes.node("physical-sector-size"), String.valueOf(opened.sectorBytes()));
        return values;
    }

    /** The device may have another size: then the front-end is told, by the state written once more. */
    void resized() {
        OpenDisk opened = disk;
        if (opened != null && nodes.state() == XenbusState.CONNECTED && opened.sizeBytes() / 512 != sectors) {
            sectors = opened.sizeBytes() / 512;
            nodes.say(Map.of(nodes.node("sectors"), String.valueOf(sectors)));
        }
    }

    boolean isOn(DeviceNumber device) {
        return device.equals(number);
    }

    /** Empty as long as the device is not open. */
    Optional<DiskStatistics> statistics() {
        return disk == null ? Optional.empty() : Optional.of(counters.snapshot());
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
