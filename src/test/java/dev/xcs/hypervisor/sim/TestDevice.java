package dev.xcs.hypervisor.sim;

import dev.xcs.testing.Await;
import java.util.LinkedHashMap;
import java.util.Map;

/** The nodes of one device, both ends, written as the daemon writes them: all in one moment. */
class TestDevice {
    private final SimHost host;
    private final int domid;
    final String backend;
    final String frontend;

    TestDevice(SimHost host, int domid, String kind, int id) {
        this.host = host;
        this.domid = domid;
        this.backend = "/local/domain/0/backend/" + kind + "/" + domid + "/" + id;
        this.frontend = "/local/domain/" + domid + "/device/" + kind + "/" + id;
    }

    /** Writes what every device has, and these beside, by name. */
    void publish(Map<String, String> back, Map<String, String> front) {
        SimXenstored store = (SimXenstored) host.store();
        store.write(0, frontend, "");
        store.permit(0, frontend, "n" + domid, "r0");
        store.write(0, backend, "");
        store.permit(0, backend, "n0", "r" + domid);
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put(frontend + "/backend", backend);
        nodes.put(frontend + "/backend-id", "0");
        nodes.put(frontend + "/trusted", "1");
        front.forEach((name, value) -> nodes.put(frontend + "/" + name, value));
        nodes.put(frontend + "/state", "1");
        nodes.put(backend + "/frontend", frontend);
        nodes.put(backend + "/frontend-id", "" + domid);
        nodes.put(backend + "/online", "1");
        back.forEach((name, value) -> nodes.put(backend + "/" + name, value));
        nodes.put(backend + "/state", "1");
        store.update(0, backend, nodes);
    }

    String back(String key) {
        return host.store().read(0, backend + "/" + key).orElse("(none)");
    }

    String front(String key) {
        return host.store().read(0, frontend + "/" + key).orElse("(none)");
    }

    void write(String key, String value) {
        host.store().write(0, backend + "/" + key, value);
    }

    void untilStates(String backState, String frontState) throws Exception {
        try {
            Await.until(
                    "states",
                    TestGuest.PATIENCE,
                    () -> back("state").equals(backState) && front("state").equals(frontState));
        } catch (AssertionError e) {
            throw new AssertionError(
                    "expected states " + backState + " and " + frontState + ", but they are " + back("state") + " and "
                            + front("state"),
                    e);
        }
    }

    void askToDetach() {
        host.store().update(0, backend, new LinkedHashMap<>(Map.of(backend + "/online", "0", backend + "/state", "5")));
    }

    void remove() {
        host.store().remove(0, frontend);
        host.store().remove(0, backend);
    }
}
