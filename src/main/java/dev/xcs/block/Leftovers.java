package dev.xcs.block;

import dev.xcs.device.HotplugScripts;
import dev.xcs.xenstore.Change;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the disks of boots that are gone: of a domain that ended while no daemon ran, or that the last run could not clean up after. With its
 * nodes the kernel's back-end lets go of what backs a disk.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final Xenstore store;
    private final DiskTable table;
    private final StoredDisks stored;
    private final NativeDevices devices;
    private final HotplugScripts scripts;

    Leftovers(Xenstore store, DiskTable table, StoredDisks stored, NativeDevices devices, HotplugScripts scripts) {
        this.store = store;
        this.table = table;
        this.stored = stored;
        this.devices = devices;
        this.scripts = scripts;
    }

    /** Gives the disks that stay. Those that xcsd gave, to domids that Xen does not have any more, do not: nobody else's are touched. */
    Future<List<StoredDisk>> sweep() {
        // Nodes first: a domain is there before its nodes are.
        return stored.ofAll((domid, number) -> true)
                .compose(all -> all.stream().noneMatch(this::isOurs)
                        ? Future.succeededFuture(all)
                        : devices.domids()
                                .compose(living -> sweep(all, living))
                                .onFailure(why -> LOG.warn("Which domains are gone is not known: {}", why.getMessage()))
                                .otherwise(all));
    }

    private Future<List<StoredDisk>> sweep(List<StoredDisk> all, Set<Integer> living) {
        Map<Boolean, List<StoredDisk>> parts =
                all.stream().collect(Collectors.partitioningBy(disk -> isOurs(disk) && !living.contains(disk.domid())));
        return Future.join(parts.getOrDefault(true, List.of()).stream()
                        .map(this::remove)
                        .toList())
                .map(parts.getOrDefault(false, List.of()));
    }

    /** Those of boots that are known are seen off by who ends these. */
    private boolean isOurs(StoredDisk disk) {
        return disk.value(VbdNodes.TOOLSTACK).equals(VbdNodes.XCSD)
                && table.all().stream().noneMatch(disks -> disks.domid() == disk.domid());
    }

    private Future<Void> remove(StoredDisk disk) {
        VbdPaths paths = new VbdPaths(disk.domid(), disk.number());
        String script = disk.value("script");
        LOG.info("{} of domid {}, which is gone, is removed", disk.value("dev"), disk.domid());
        return (script.isEmpty() ? Future.<Void>succeededFuture() : scripts.remove(BootDisks.use(script, paths)))
                .compose(any -> store.transaction(tx -> Future.join(paths.directories().stream()
                                .map(directory -> without(tx, directory, String.valueOf(disk.number())))
                                .toList())
                        .<Void>mapEmpty()))
                .onFailure(failure -> LOG.warn("{} stays: {}", disk.backend(), failure.getMessage()))
                .otherwiseEmpty();
    }

    /** The directory itself goes with its last disk. */
    private static Future<Void> without(Xenstore.Transaction tx, String directory, String number) {
        return tx.list(directory).compose(children -> {
            List<String> others = new ArrayList<>(children);
            others.remove(number);
            return children.isEmpty()
                    ? Future.succeededFuture()
                    : tx.apply(Change.remove(others.isEmpty() ? directory : directory + "/" + number));
        });
    }
}
