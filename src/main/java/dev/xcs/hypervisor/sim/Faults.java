package dev.xcs.hypervisor.sim;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The faults that are armed, for one domain or for all, a number of times or always. As text: {@code NAME[@DOMID][:TIMES]} with
 * commas between, for example {@code BUILD_FAILS:1,SLOW_XENSTORE,ZOMBIE@5}; without a number it is always. Thread-safe.
 */
public final class Faults {
    /** As a number of times: until it is disarmed. */
    public static final int ALWAYS = Integer.MAX_VALUE;

    private static final String FORM = "NAME[@DOMID][:TIMES] with commas between, the names being "
            + Arrays.stream(Fault.values()).map(Fault::name).collect(Collectors.joining(", "));
    private static final int ANY_DOMID = -1;

    private final Map<Fault, List<Charge>> armed = new EnumMap<>(Fault.class);
    private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
    private final List<Consumer<Fault>> disarmListeners = new ArrayList<>();

    private static final class Charge {
        private final int domid;
        private int left;

        private Charge(int domid, int left) {
            this.domid = domid;
            this.left = left;
        }
    }

    /** Arms a fault for every domain, the next {@code times} times. */
    public synchronized void arm(Fault fault, int times) {
        add(fault, ANY_DOMID, times);
    }

    /** Arms a fault for one domain. */
    public synchronized void armFor(Fault fault, int domid, int times) {
        add(fault, domid, times);
    }

    private void add(Fault fault, int domid, int times) {
        armed.computeIfAbsent(fault, f -> new ArrayList<>()).add(new Charge(domid, times));
    }

    /** Takes a fault back, for all domains; what it holds up goes on. */
    public void disarm(Fault fault) {
        List<Consumer<Fault>> told;
        synchronized (this) {
            armed.remove(fault);
            told = List.copyOf(disarmListeners);
        }
        told.forEach(listener -> listener.accept(fault));
    }

    /** How often a fault has struck so far. */
    public synchronized int struck(Fault fault) {
        return struck.getOrDefault(fault, 0);
    }

    /** Arms what the text says; a {@link ProblemException} on field {@code faults} when it cannot be understood. */
    public synchronized void arm(String text) {
        List<Runnable> all = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (!part.isBlank()) {
                all.add(parse(part.strip()));
            } else if (!text.isBlank()) {
                throw refusal(text);
            }
        }
        all.forEach(Runnable::run);
    }

    private Runnable parse(String part) {
        int colon = part.indexOf(':');
        String who = colon < 0 ? part : part.substring(0, colon);
        int at = who.indexOf('@');
        Fault fault = named(at < 0 ? who : who.substring(0, at), part);
        int domid = at < 0 ? ANY_DOMID : number(who.substring(at + 1), 0, part);
        int times = colon < 0 ? ALWAYS : number(part.substring(colon + 1), 1, part);
        return () -> add(fault, domid, times);
    }

    private static Fault named(String name, String part) {
        return Arrays.stream(Fault.values())
                .filter(fault -> fault.name().equals(name))
                .findFirst()
                .orElseThrow(() -> refusal(part));
    }

    private static int number(String text, int least, String part) {
        OptionalInt value = text.matches("[0-9]{1,9}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
        return value.stream().filter(n -> n >= least).findFirst().orElseThrow(() -> refusal(part));
    }

    private static ProblemException refusal(String part) {
        return Problem.invalidField("faults", part, FORM).toException();
    }

    /** Whether the fault strikes this domain now; uses up one time. */
    synchronized boolean strikes(Fault fault, int domid) {
        for (Charge charge : armed.getOrDefault(fault, List.of())) {
            if (charge.left > 0 && (charge.domid == ANY_DOMID || charge.domid == domid)) {
                charge.left -= charge.left == ALWAYS ? 0 : 1;
                struck.merge(fault, 1, Integer::sum);
                return true;
            }
        }
        return false;
    }

    /** As {@link #strikes(Fault, int)} for a fault that hits no domain in particular; one that was armed for a domain stays. */
    synchronized boolean strikes(Fault fault) {
        return strikes(fault, ANY_DOMID);
    }

    synchronized void onDisarm(Consumer<Fault> listener) {
        disarmListeners.add(listener);
    }
}
