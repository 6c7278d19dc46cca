package dev.xcs.hypervisor.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The xenstore directories of one device as its back-end has them. It keeps its own idea of its XenbusState: what others write into its
 * node is for the front-end to see. Used by one thread.
 */
final class BackendNodes {
    private static final Logger LOG = LoggerFactory.getLogger(BackendNodes.class);
    private static final String HOME = "/local/domain/0/";

    private final StoreAccess store;
    private final String directory;
    private final String frontend;
    private int state = XenbusState.INITIALISING;

    BackendNodes(StoreAccess store, String directory, String frontend) {
        this.store = store;
        this.directory = directory;
        this.frontend = frontend;
    }

    int state() {
        return state;
    }

    /** The path of one of the back-end's own nodes. */
    String node(String name) {
        return directory + "/" + name;
    }

    /** The path of one of the front-end's nodes. */
    String frontNode(String name) {
        return frontend + "/" + name;
    }

    /** Those nodes that are there, by path, all of one moment; the front-end's state among them. */
    Map<String, String> read(List<String> own, List<String> fronts) {
        List<String> paths = new ArrayList<>(List.of(frontNode("state")));
        own.forEach(name -> paths.add(node(name)));
        fronts.forEach(name -> paths.add(frontNode(name)));
        return store.readAll(0, paths);
    }

    /** Writes the nodes and then the state; nothing at all when that is its state already. */
    void moveTo(int newState, Map<String, String> before) {
        if (newState != state) {
            state = newState;
            say(before);
        }
    }

    /** Writes the nodes and then the state that it has, be it once more. */
    void say(Map<String, String> before) {
        Map<String, String> values = new LinkedHashMap<>(before);
        values.put(node("state"), String.valueOf(state));
        store.update(0, node("state"), values);
    }

    /** xenbus_dev_fatal: said in xenstore, and the device is given up. */
    void fail(String what, @Nullable Exception cause) {
        LOG.info("{}: {}", directory, what, cause);
        moveTo(XenbusState.CLOSING, Map.of(errorNode(), "2 " + what));
    }

    /** The driver refuses the device: that is all that is ever heard of it (xenbus_dev_probe). */
    void refuse(String why) {
        LOG.info("{}: {}", directory, why);
        store.update(
                0,
                node("state"),
                Map.of(errorNode(), "2 xenbus_dev_probe on " + directory.substring(HOME.length()) + ": " + why));
    }

    private String errorNode() {
        return HOME + "error/" + directory.substring(HOME.length()) + "/error";
    }
}
