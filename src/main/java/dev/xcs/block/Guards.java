package dev.xcs.block;

import dev.xcs.model.Backing;
import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.Extent;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sees to it that what is written has one writer: the kernel's back-end checks nothing. Looks at the disks that xcsd gave away, at those of
 * other toolstacks, and at what dom0 itself has mounted or otherwise in use.
 */
final class Guards {
    /** How native tells of a loop device over a file. */
    private static final String LOOP = "loop device ";

    private final DiskTable table;
    private final StoredDisks stored;
    private final NativeDevices devices;

    Guards(DiskTable table, StoredDisks stored, NativeDevices devices) {
        this.table = table;
        this.stored = stored;
        this.devices = devices;
    }

    /** What is in use without a claim of ours: by other toolstacks, also in our own domains. */
    Future<List<Claim>> strangers() {
        return stored.ofAll((domid, number) -> !table.guards(domid, number))
                .compose(disks -> disks.isEmpty() ? Future.succeededFuture(List.of()) : claims(disks));
    }

    /** Nodes that somebody left behind are nobody's use. */
    private Future<List<Claim>> claims(List<StoredDisk> disks) {
        return devices.domids().compose(living -> {
            List<Future<Claim>> claims = disks.stream()
                    .filter(disk -> living.contains(disk.domid()))
                    .map(this::claim)
                    .toList();
            return Future.all(claims)
                    .map(done -> claims.stream().map(Future::result).toList());
        });
    }

    private Future<Claim> claim(StoredDisk disk) {
        String holder = disk.value("dev") + " of domid " + disk.domid();
        Future<List<Extent>> extents = disk.device().isPresent()
                ? devices.examine(disk.device().get())
                        .map(found -> found.map(Backing::extents).orElse(List.of()))
                : disk.target().startsWith("/")
                        ? devices.examine(disk.target()).map(Backing::extents)
                        : Future.succeededFuture(List.of());
        // What cannot be looked at any more is nobody's.
        return extents.otherwise(List.of()).map(known -> new Claim(holder, known, disk.writes()));
    }

    /**
     * Notes that somebody is going to use it, or refuses: at once, so that of two who want the same only one gets it.
     *
     * @param claims what is wanted
     * @param strangers as {@link #strangers} told
     * @throws dev.xcs.model.ProblemException of type CONFLICT that says who has it
     */
    void take(DiskSpec spec, Backing backing, List<Claim> claims, List<Claim> strangers, Object owner) {
        if (!spec.override()) {
            List<Claim> others = new ArrayList<>(table.claims());
            others.addAll(strangers);
            claims.forEach(claim -> claim.firstConflict(others).ifPresent(other -> {
                throw inUse(spec, other.holder(), other.writes());
            }));
            foreignUse(backing, spec.access() == DiskAccess.RW).ifPresent(use -> {
                throw inUse(spec, "dom0: " + use, true);
            });
        }
        claims.forEach(claim -> table.claim(owner, claim));
    }

    /** Readers may share with readers; a file system that is mounted writes even if it is only read. */
    private Optional<String> foreignUse(Backing backing, boolean writes) {
        return backing.uses().stream()
                .filter(use -> !use.startsWith(LOOP) || (writes && !table.owns(use.substring(LOOP.length()))))
                .findFirst();
    }

    private static RuntimeException inUse(DiskSpec spec, String holder, boolean written) {
        String how = written ? " is in use by " : " is read by ";
        return Problem.of(
                        ProblemType.CONFLICT,
                        "target: " + Problem.quote(spec.target()) + how + holder
                                + (spec.access().json().equals("rw") ? ", expected one that nobody else uses" : ""))
                .withField("target")
                .withCause(
                        "two writers destroy what is on it; \"override\": true (or access mode w!) takes it all the same")
                .toException();
    }
}
