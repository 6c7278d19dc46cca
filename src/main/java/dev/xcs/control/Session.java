package dev.xcs.control;

import dev.xcs.model.Binding;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.SessionView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One tool's session: what it bound, how far it has read, and the stream that reads for it. */
final class Session {
    private final String id;
    private final String name;
    private final long graceMillis;
    /** Each binding with the sequence number it is in force after. Replaced, never changed: threads that read the journal look at it too. */
    private volatile Map<Binding, Long> bindings = Map.of();

    private final Set<Binding> locks = new LinkedHashSet<>();
    private @Nullable String stream;
    private long acknowledged;
    private long sent;
    private long detachedAt;

    Session(String id, String name, long graceMillis, long position, long now) {
        this.id = id;
        this.name = name;
        this.graceMillis = graceMillis;
        this.acknowledged = position;
        this.sent = position;
        this.detachedAt = now;
    }

    /** A binding that is in force already keeps its place. */
    void bind(Binding binding, long after) {
        bindAll(List.of(binding), after);
    }

    void bindAll(Collection<Binding> more, long after) {
        Map<Binding, Long> changed = new LinkedHashMap<>(bindings);
        more.forEach(binding -> changed.putIfAbsent(binding, after));
        bindings = Collections.unmodifiableMap(changed);
    }

    boolean unbind(Binding binding) {
        Map<Binding, Long> changed = new LinkedHashMap<>(bindings);
        boolean was = changed.remove(binding) != null;
        bindings = Collections.unmodifiableMap(changed);
        return was;
    }

    boolean isBound(Binding binding) {
        return bindings.containsKey(binding);
    }

    int bindingCount() {
        return bindings.size();
    }

    boolean wants(ControlMessage message) {
        Map<Binding, Long> now = bindings;
        UUID domain = message.domain();
        return wants(now, Binding.ALL, message)
                || wants(now, new Binding(null, message.type()), message)
                || (domain != null
                        && (wants(now, new Binding(domain, null), message)
                                || wants(now, new Binding(domain, message.type()), message)));
    }

    /** Looked up and not searched for, so that a thousand bindings cost what one costs. */
    private static boolean wants(Map<Binding, Long> bindings, Binding binding, ControlMessage message) {
        Long after = bindings.get(binding);
        return after != null && message.sequence() > after;
    }

    /** A new stream reads on after what the tool has acknowledged; the one before is displaced. */
    void attach(String newStream, long after) {
        stream = newStream;
        acknowledged = Math.max(acknowledged, after);
        sent = acknowledged;
    }

    /** Nothing happens when another stream has taken over meanwhile. */
    void detach(String oldStream, long now) {
        if (oldStream.equals(stream)) {
            stream = null;
            detachedAt = now;
        }
    }

    boolean isReadBy(String candidate) {
        return candidate.equals(stream);
    }

    boolean expired(long now) {
        return stream == null && now - detachedAt > graceMillis;
    }

    void acknowledge(long sequence) {
        acknowledged = Math.max(acknowledged, Math.min(sequence, sent));
    }

    void sentUpTo(long sequence) {
        sent = Math.max(sent, sequence);
    }

    long sent() {
        return sent;
    }

    /** What is read now goes on after what was sent; what comes back, after what it acknowledged. */
    long resumesAfter() {
        return stream == null ? acknowledged : sent;
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    Set<Binding> locks() {
        return locks;
    }

    SessionView view() {
        return new SessionView(
                id,
                name,
                graceMillis / 1000,
                acknowledged,
                stream != null,
                List.copyOf(bindings.keySet()),
                new ArrayList<>(locks));
    }
}
