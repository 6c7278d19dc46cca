package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.GuestOs;
import dev.xcs.model.ProblemException;
import dev.xcs.model.VirtualDevice;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** blkfront: has a {@link BlockFront} for each directory below device/vbd, as they come and go. One for each guest. */
final class BlockDriver implements Driver {
    private static final String DIRECTORY = "device/vbd";

    private final Map<String, BlockFront> fronts = new TreeMap<>();
    private final Guest guest;

    BlockDriver(Guest guest) {
        this.guest = guest;
    }

    @Override
    public void start(Guest started) {
        started.watch(DIRECTORY, this::scan);
    }

    private void scan() {
        List<String> ids = guest.hardware().list(DIRECTORY);
        for (String gone : Set.copyOf(fronts.keySet())) {
            if (!ids.contains(gone)) {
                drop(gone);
            }
        }
        ids.stream().filter(BlockDriver::isNumber).forEach(this::look);
    }

    private static boolean isNumber(String id) {
        return id.matches("[0-9]{1,9}") && Integer.parseInt(id) <= VirtualDevice.MAX_NUMBER;
    }

    private void look(String id) {
        String directory = DIRECTORY + "/" + id;
        String stateKey = directory + "/state";
        String backendKey = directory + "/backend";
        Map<String, String> nodes = guest.hardware().readAll(List.of(stateKey, backendKey));
        boolean isNew = nodes.getOrDefault(stateKey, "").equals("1");
        BlockFront known = fronts.get(id);
        // Its end and its return may have been one event.
        if (known != null && isNew && known.state() != 1) {
            drop(id);
            known = null;
        }
        if (known == null && isNew && nodes.containsKey(backendKey)) {
            known = probe(id, directory, nodes.get(backendKey));
        }
        if (known != null) {
            known.look();
        }
    }

    private @Nullable BlockFront probe(String id, String directory, String backend) {
        try {
            BlockFront front = new BlockFront(guest, id, directory, backend);
            fronts.put(id, front);
            return front;
        } catch (ProblemException e) {
            guest.printk("vbd vbd-" + id + ": adding watch on " + backend + "/state: " + e.getMessage());
            return null;
        }
    }

    private void drop(String id) {
        BlockFront gone = fronts.remove(id);
        if (gone != null) {
            gone.remove();
        }
    }

    /** The system goes down in good order: lets go of every disk, as the kernel does before the machine is off. */
    void shutdown() {
        fronts.values().forEach(BlockFront::close);
    }

    void unstick() {
        List.copyOf(fronts.values()).forEach(BlockFront::unstick);
    }

    /** The disks that can be used, by their names. */
    Map<String, BlockFront> byName() {
        Map<String, BlockFront> connected = new TreeMap<>();
        for (BlockFront front : fronts.values()) {
            if (front.isConnected()) {
                connected.put(front.name(), front);
            }
        }
        return connected;
    }

    /** What the system calls a new disk; empty when it cannot have it, as the name is taken or the number unknown. */
    Optional<String> nameFor(VirtualDevice device) {
        Collection<String> taken = byName().keySet();
        if (guest.flavour().os() == GuestOs.NETBSD) {
            int unit = 0;
            while (taken.contains("xbd" + unit)) {
                unit++;
            }
            return Optional.of("xbd" + unit);
        }
        return device.shownAs(guest.flavour().os()).filter(name -> !taken.contains(name));
    }
}
