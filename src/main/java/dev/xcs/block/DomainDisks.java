package dev.xcs.block;

import dev.xcs.model.DiskSpec;
import dev.xcs.model.GuestOs;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VirtualDevice;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The disks of one boot of a domain, by virtual device number. */
final class DomainDisks {
    private final UUID uuid;
    private final String name;
    private final GuestOs guestOs;
    private final SortedMap<Integer, KeptDisk> disks = new TreeMap<>();
    private int domid = -1;
    private boolean ended;

    DomainDisks(UUID uuid, String name, GuestOs guestOs) {
        this.uuid = uuid;
        this.name = name;
        this.guestOs = guestOs;
    }

    UUID uuid() {
        return uuid;
    }

    String name() {
        return name;
    }

    GuestOs guestOs() {
        return guestOs;
    }

    int domid() {
        return domid;
    }

    void bind(int newDomid) {
        domid = newDomid;
    }

    /** The boot is dead: from now on no script begins. It gives nothing up either: the next boot has what this one had. */
    void end() {
        ended = true;
        awaitNothing();
    }

    void awaitNothing() {
        disks.values().forEach(disk -> disk.awaiting(null));
    }

    boolean isEnded() {
        return ended;
    }

    void add(KeptDisk disk) {
        disks.put(disk.device().number(), disk);
    }

    void remove(VirtualDevice device) {
        disks.remove(device.number());
    }

    @Nullable
    KeptDisk find(VirtualDevice device) {
        return disks.get(device.number());
    }

    Collection<KeptDisk> all() {
        return List.copyOf(disks.values());
    }

    List<DiskSpec> specs() {
        return disks.values().stream().map(KeptDisk::spec).toList();
    }

    VbdPaths paths(KeptDisk disk) {
        return new VbdPaths(domid, disk.device().number());
    }

    String describe(KeptDisk disk) {
        return disk.spec().vdev() + " of domain " + name;
    }

    /** @throws dev.xcs.model.ProblemException of type NOT_FOUND */
    KeptDisk get(String vdev) {
        KeptDisk disk = find(VirtualDevice.parse(vdev, guestOs));
        if (disk == null) {
            throw notFound(name, vdev).toException();
        }
        return disk;
    }

    static Problem notFound(String domain, String vdev) {
        return Problem.of(
                        ProblemType.NOT_FOUND,
                        "vdev: " + Problem.quote(vdev) + " is no disk that xcsd gave to domain " + domain)
                .withField("vdev");
    }
}
