package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.ProblemException;
import dev.xcs.model.VirtualDevice;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A front-end driver of a guest: has a device for each directory below device/KIND, as they come and go.
 *
 * @param <F> the devices
 */
final class FrontDriver<F extends FrontDevice> implements Driver {
    private final Map<String, F> devices =
            new TreeMap<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
    private final Guest guest;
    private final String kind;
    private final String directory;
    private final BooleanSupplier ignores;
    private final Function<FrontNodes, F> factory;

    /**
     * @param kind vbd or vif
     * @param ignores whether a fault makes the driver deaf now
     */
    FrontDriver(Guest guest, String kind, BooleanSupplier ignores, Function<FrontNodes, F> factory) {
        this.guest = guest;
        this.kind = kind;
        this.directory = "device/" + kind;
        this.ignores = ignores;
        this.factory = factory;
    }

    @Override
    public void start(Guest started) {
        started.watch(directory, this::scan);
    }

    private void scan() {
        List<String> ids = guest.hardware().list(directory);
        for (String gone : Set.copyOf(devices.keySet())) {
            if (!ids.contains(gone)) {
                drop(gone);
            }
        }
        ids.stream().filter(FrontDriver::isNumber).forEach(this::look);
    }

    private static boolean isNumber(String id) {
        return id.matches("[0-9]{1,9}") && Integer.parseInt(id) <= VirtualDevice.MAX_NUMBER;
    }

    private void look(String id) {
        String path = directory + "/" + id;
        String stateKey = path + "/state";
        String backendKey = path + "/backend";
        Map<String, String> nodes = guest.hardware().readAll(List.of(stateKey, backendKey));
        boolean isNew = nodes.getOrDefault(stateKey, "").equals("1");
        F known = devices.get(id);
        // Its end and its return may have been one event.
        if (known != null && isNew && known.nodes().state() != FrontNodes.INITIALISING) {
            drop(id);
            known = null;
        }
        if (known == null && isNew && nodes.containsKey(backendKey)) {
            known = probe(id, path, nodes.get(backendKey));
        }
        if (known != null) {
            known.look();
        }
    }

    private @Nullable F probe(String id, String path, String backend) {
        FrontNodes nodes = new FrontNodes(guest, id, path, backend, ignores);
        try {
            F device = factory.apply(nodes);
            nodes.watchBackend(device);
            devices.put(id, device);
            return device;
        } catch (ProblemException e) {
            guest.printk(kind + " " + kind + "-" + id + ": adding watch on " + backend + "/state: " + e.getMessage());
            return null;
        }
    }

    private void drop(String id) {
        F gone = devices.remove(id);
        if (gone != null) {
            gone.remove();
        }
    }

    /** By ascending number. */
    Collection<F> devices() {
        return devices.values();
    }

    /** The system goes down in good order: lets go of every device, as the kernel does before the machine is off. */
    void shutdown() {
        devices.values().forEach(FrontDevice::close);
    }

    /** A fault that makes the driver deaf was taken back. */
    void unstick() {
        for (F device : List.copyOf(devices.values())) {
            device.nodes().unstick();
            device.look();
        }
    }
}
