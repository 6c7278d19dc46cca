package dev.xcs.evtchn;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which local port belongs to whom. Xen gives a local port number to the next one who binds as soon as it is free, so a number
 * alone says nothing about who had it before.
 */
final class PortTable {
    private final Map<Integer, Binding> byPort = new HashMap<>();
    /** Fired while a bind is under way: the port's number may reach us before the answer to the bind. */
    private final Set<Integer> early = new LinkedHashSet<>();

    private final BitSet reported = new BitSet();
    private int binding;

    int size() {
        return byPort.size();
    }

    Collection<Binding> all() {
        return List.copyOf(byPort.values());
    }

    /** A bind begins; ends with {@link #bindEnded}. */
    void bindBegins() {
        binding++;
    }

    /** A port is bound; whether it has fired already. */
    boolean bound(Binding made) {
        byPort.put(made.port(), made);
        reported.clear(made.port());
        return early.remove(made.port());
    }

    /** A bind has ended, either way; gives the ports that fired and turned out to be nobody's. */
    List<Integer> bindEnded() {
        binding--;
        if (binding > 0) {
            return List.of();
        }
        List<Integer> unknown = List.copyOf(early);
        early.clear();
        return unknown;
    }

    /** Whether a port that is not in the table may be one that is just being bound; it is kept until that is known. */
    boolean keptAsEarly(int port) {
        if (binding > 0) {
            early.add(port);
        }
        return binding > 0;
    }

    @Nullable
    Binding find(int port) {
        return byPort.get(port);
    }

    boolean holds(Binding which) {
        return byPort.get(which.port()) == which;
    }

    void remove(Binding which) {
        byPort.remove(which.port(), which);
    }

    /** Whether this is the first time since it was bound that this port is nobody's. */
    boolean firstUnknown(int port) {
        boolean first = !reported.get(port);
        reported.set(port);
        return first;
    }
}
