package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.ProblemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The xenstore directories of one device as its front-end has them, with the state that it is in. Used in the guest's mailbox only. */
final class FrontNodes {
    /** XenbusState, as far as it is used here. */
    static final int INITIALISING = 1;

    static final int INIT_WAIT = 2;
    static final int INITIALISED = 3;
    static final int CONNECTED = 4;
    static final int CLOSING = 5;
    static final int CLOSED = 6;

    private final Guest guest;
    private final String id;
    private final String directory;
    private final String backend;
    private final BooleanSupplier ignores;
    private Hardware.Watch watch = () -> {};
    private int state = INITIALISING;
    private boolean stuck;

    /** @param ignores whether a fault makes the driver deaf now */
    FrontNodes(Guest guest, String id, String directory, String backend, BooleanSupplier ignores) {
        this.guest = guest;
        this.id = id;
        this.directory = directory;
        this.backend = backend;
        this.ignores = ignores;
    }

    /** Has the front-end look when the back-end's state changes. */
    void watchBackend(FrontDevice device) {
        Runnable looking = guest.signal(device::look);
        watch = guest.hardware().watch(backend + "/state", path -> looking.run());
    }

    String id() {
        return id;
    }

    String backend() {
        return backend;
    }

    int state() {
        return state;
    }

    boolean isConnected() {
        return state == CONNECTED;
    }

    /** Whether a fault keeps the driver from taking notice of its back-end; it lasts until {@link #unstick}. */
    boolean deaf() {
        stuck = stuck || ignores.getAsBoolean();
        return stuck;
    }

    void unstick() {
        stuck = false;
    }

    /** One of the back-end's nodes; empty when it is not there. */
    String back(String name) {
        return read(backend + "/" + name);
    }

    /** One of the back-end's nodes that is a number; 0 when it is none. */
    long backNumber(String name) {
        String text = back(name);
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /** One of its own nodes; empty when it is not there. */
    String front(String name) {
        return read(directory + "/" + name);
    }

    private String read(String key) {
        return guest.hardware().readAll(List.of(key)).getOrDefault(key, "");
    }

    /** Goes to a state, with some of its own nodes written before, by name. */
    void moveTo(int newState, Map<String, String> before) {
        state = newState;
        Map<String, String> values = new LinkedHashMap<>();
        before.forEach((name, value) -> values.put(directory + "/" + name, value));
        values.put(directory + "/state", String.valueOf(newState));
        try {
            guest.hardware().update(directory + "/state", values);
        } catch (ProblemException e) {
            guest.printk("xenbus: cannot write " + directory + ": " + e.getMessage());
        }
    }

    /** The directory has gone. */
    void end() {
        watch.end();
        state = CLOSED;
    }
}
