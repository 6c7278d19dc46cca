package dev.xcs.device;

import dev.xcs.model.StoreNode;
import java.util.List;

/**
 * Where the nodes of a virtual device are: docs/misc/xenstore-paths.pandoc, and below {@code /libxl} what xl looks at to find it.
 *
 * @param kind {@code vbd} or {@code vif}
 * @param number the virtual device's number, or the interface's index
 */
public record DevicePaths(String kind, int domid, int number) {
    private static final String BACKENDS = "/local/domain/0/backend/";

    /** All back-ends of one kind in dom0, by domid and number. */
    public static String backends(String kind) {
        return BACKENDS + kind;
    }

    public String home() {
        return "/local/domain/" + domid;
    }

    public String frontend() {
        return home() + "/device/" + kind + "/" + number;
    }

    public String backend() {
        return BACKENDS + kind + "/" + domid + "/" + number;
    }

    public String libxl() {
        return "/libxl/" + domid + "/device/" + kind + "/" + number;
    }

    /** As scripts name the back-end: relative to dom0's own directory. */
    public String relative() {
        return "backend/" + kind + "/" + domid + "/" + number;
    }

    /** The front-end's directory, which its guest owns. */
    public StoreNode frontendRoot() {
        return new StoreNode(frontend(), "", List.of("n" + domid, "r0"));
    }

    /** The back-end's directory, which the guest may read. */
    public StoreNode backendRoot() {
        return new StoreNode(backend(), "", List.of("n0", "r" + domid));
    }
}
