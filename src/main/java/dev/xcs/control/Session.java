package dev.xcs.control;

import dev.xcs.model.Binding;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.SessionView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One tool's session: what it bound, how far it has read, and the stream that reads for it. */
final class Session {
    private final String id;
    private final String name;
    private final long graceMillis;
    /** Each binding with the sequence number it is in force after. */
    private final Map<Binding, Long> bindings = new LinkedHashMap<>();

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
        bindings.putIfAbsent(binding, after);
    }

    boolean unbind(Binding binding) {
        return bindings.remove(binding) != null;
    }

    int bindingCount() {
        return bindings.size();
    }

    boolean wants(ControlMessage message) {
        for (Map.Entry<Binding, Long> binding : bindings.entrySet()) {
            if (message.sequence() > binding.getValue() && binding.getKey().matches(message)) {
                return true;
            }
        }
        return false;
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
