package dev.xcs.block;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whatever xcsd has given to its domains, and who holds which bytes. Not for several threads. */
final class DiskTable {
    private final Map<UUID, DomainDisks> domains = new HashMap<>();
    private final Map<Object, List<Claim>> claims = new IdentityHashMap<>();
    private final Map<String, Object> devices = new HashMap<>();

    /** The disks of a new boot; fails if there are such of an older one. */
    DomainDisks open(DomainDisks disks) {
        DomainDisks old = domains.putIfAbsent(disks.uuid(), disks);
        if (old != null) {
            throw Problem.of(ProblemType.CONFLICT, "The disks of an older boot of " + disks.name() + " are still there")
                    .asRetryable()
                    .toException();
        }
        return disks;
    }

    @Nullable
    DomainDisks find(UUID uuid) {
        return domains.get(uuid);
    }

    /** Quietly does nothing where there are those of a newer boot. */
    void remove(DomainDisks disks) {
        domains.remove(disks.uuid(), disks);
    }

    Collection<DomainDisks> all() {
        return List.copyOf(domains.values());
    }

    /** Whether somebody else's use of this disk would be noticed by a claim that we have. */
    boolean guards(int domid, int number) {
        return domains.values().stream()
                .filter(disks -> disks.domid() == domid)
                .flatMap(disks -> disks.all().stream())
                .anyMatch(disk -> disk.device().number() == number && claims.containsKey(disk));
    }

    /** @param owner until {@link #disclaim} of the same object */
    void claim(Object owner, Claim claim) {
        claims.computeIfAbsent(owner, none -> new ArrayList<>(1)).add(claim);
    }

    void disclaim(Object owner) {
        claims.remove(owner);
    }

    List<Claim> claims() {
        return claims.values().stream().flatMap(List::stream).toList();
    }

    /** A device that we made, so that it is not taken for somebody else's use of its file. */
    void own(String devicePath, Object owner) {
        devices.put(devicePath, owner);
    }

    /** Quietly does nothing where the device is another owner's by now. */
    void disown(String devicePath, Object owner) {
        devices.remove(devicePath, owner);
    }

    boolean owns(String devicePath) {
        return devices.containsKey(devicePath);
    }
}
