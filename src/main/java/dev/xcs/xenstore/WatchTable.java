package dev.xcs.xenstore;

import dev.xcs.xenstore.wire.Frame;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The watches in force, by token. Used on the client's context only. */
final class WatchTable {
    /** One watch; told on the context that asked for it. */
    static final class Entry {
        private final String path;
        private final String token;
        private final Context context;
        private final Consumer<String> listener;
        /** Paths on their way to the listener: telling one twice before it looked says no more than once. */
        private final Set<String> untold = ConcurrentHashMap.newKeySet();

        private volatile boolean cancelled;

        private Entry(String path, String token, Context context, Consumer<String> listener) {
            this.path = path;
            this.token = token;
            this.context = context;
            this.listener = listener;
        }

        String path() {
            return path;
        }

        String token() {
            return token;
        }

        /** From now on nothing is told. */
        void cancel() {
            cancelled = true;
        }

        private void tell(String changed) {
            if (untold.add(changed)) {
                context.runOnContext(turn -> {
                    untold.remove(changed);
                    if (!cancelled) {
                        listener.accept(changed);
                    }
                });
            }
        }
    }

    private final Map<String, Entry> byToken = new LinkedHashMap<>();
    private final XenstoreMetrics metrics;
    private long lastToken;

    WatchTable(XenstoreMetrics metrics) {
        this.metrics = metrics;
    }

    Entry add(String path, Context context, Consumer<String> listener) {
        String token = "xcs-" + ++lastToken;
        Entry entry = new Entry(path, token, context, listener);
        byToken.put(token, entry);
        metrics.watches(byToken.size());
        return entry;
    }

    void remove(Entry entry) {
        byToken.remove(entry.token());
        metrics.watches(byToken.size());
    }

    boolean has(Entry entry) {
        return byToken.containsKey(entry.token());
    }

    /** Hands an event to its watch; one for a watch that was just cancelled is late and means nothing. */
    void dispatch(Frame event) {
        List<String> parts = event.parts();
        Entry entry = parts.size() < 2 ? null : byToken.get(parts.get(1));
        if (entry != null) {
            entry.tell(parts.get(0));
        }
    }

    List<Entry> all() {
        return new ArrayList<>(byToken.values());
    }
}
