package dev.xcs.domain;

import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.xenstore.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * The xenstore nodes of a domain: as few as a guest needs to boot, to answer a shutdown and to be listed and destroyed by xl. The
 * paths are those of docs/misc/xenstore-paths.pandoc; what is below {@code /libxl} and {@code /vm} is what xl reads. New nodes
 * inherit the permissions of their parent, so only those that differ are set.
 */
final class NodeTree {
    /** Every backend directory of dom0, by kind and then by domid. */
    static final String BACKENDS = "/local/domain/0/backend";

    /** Any other value than xenconsoled's own makes xenconsoled leave the console alone. */
    static final String CONSOLE_TYPE = "xcsd";

    private NodeTree() {}

    static String home(int domid) {
        return "/local/domain/" + domid;
    }

    static String shutdownRequest(int domid) {
        return home(domid) + "/control/shutdown";
    }

    static String xlType(int domid) {
        return "/libxl/" + domid + "/type";
    }

    /** Where the device model of an HVM guest writes how it does. */
    static String deviceModel(int domid) {
        return "/local/domain/0/device-model/" + domid;
    }

    static String vm(UUID uuid) {
        return "/vm/" + uuid;
    }

    /** Everything to be written, in order, once Xen has the domain. No store/port and store/ring-ref: nobody reads them. */
    static List<Change> early(DomainSpec spec, int domid) {
        List<Change> nodes = new ArrayList<>();
        String home = home(domid);
        // Left by a boot that nobody cleaned up after: Xen reuses domids.
        nodes.add(Change.remove(home));
        nodes.add(Change.remove("/libxl/" + domid));
        // Makes the home too, which is to be readable before there is anything in it that inherits.
        nodes.add(Change.write(home + "/data", ""));
        nodes.add(readableBy(domid, home));
        nodes.add(ownedBy(domid, home + "/data"));
        identity(spec, domid, nodes);
        resources(spec, home, nodes);
        control(domid, home, nodes);
        nodes.add(Change.write(home + "/console/type", CONSOLE_TYPE));
        nodes.add(Change.write(home + "/device", ""));
        return nodes;
    }

    /** What only the build brings; after the rest, for xenconsoled takes a console that has its ring and port but no type. */
    static List<Change.Write> late(int domid, BuiltDomain built) {
        String home = home(domid);
        return List.of(
                new Change.Write(home + "/console/port", Integer.toString(built.consolePort())),
                new Change.Write(home + "/console/ring-ref", Long.toString(built.consoleFrame())));
    }

    private static void identity(DomainSpec spec, int domid, List<Change> nodes) {
        String home = home(domid);
        String vm = vm(spec.uuid());
        nodes.add(Change.write(home + "/name", spec.name()));
        nodes.add(Change.write(home + "/vm", vm));
        nodes.add(Change.write(home + "/domid", domid));
        nodes.add(Change.write(vm + "/uuid", spec.uuid()));
        nodes.add(Change.write(vm + "/name", spec.name()));
        nodes.add(Change.write(xlType(domid), xlName(spec.type())));
    }

    private static void resources(DomainSpec spec, String home, List<Change> nodes) {
        long kib = spec.memoryMib() * 1024L;
        nodes.add(Change.write(home + "/memory/static-max", kib));
        nodes.add(Change.write(home + "/memory/target", kib));
        for (int vcpu = 0; vcpu < spec.vcpus(); vcpu++) {
            nodes.add(Change.write(home + "/cpu/" + vcpu + "/availability", "online"));
        }
    }

    /**
     * The directory is the guest's, and so is what is made in it by whom ever: its answer to a shutdown, and what it can do (libxl makes each of
     * these for it). Six operations fewer; oxenstored does a hundred in a second when it is emulated.
     */
    private static void control(int domid, String home, List<Change> nodes) {
        String control = home + "/control";
        nodes.add(Change.write(control + "/platform-feature-xs_reset_watches", 1));
        nodes.add(ownedBy(domid, control));
    }

    /** Everything to be removed once the domain is dead; its backends first, for they hold its memory. */
    static List<Change> removal(UUID uuid, int domid, List<String> backendKinds) {
        List<Change> nodes = new ArrayList<>();
        backendKinds.forEach(kind -> nodes.add(Change.remove(BACKENDS + "/" + kind + "/" + domid)));
        nodes.add(Change.remove(home(domid)));
        nodes.add(Change.remove(deviceModel(domid)));
        nodes.add(Change.remove(vm(uuid)));
        nodes.add(Change.remove("/libxl/" + domid));
        return nodes;
    }

    private static Change readableBy(int domid, String path) {
        return Change.permit(path, "n0", "r" + domid);
    }

    private static Change ownedBy(int domid, String path) {
        return Change.permit(path, "n" + domid);
    }

    private static String xlName(DomainType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
