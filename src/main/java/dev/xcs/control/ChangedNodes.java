package dev.xcs.control;

import dev.xcs.xenstore.Xenstore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads nodes that have changed, each once at a time and only some at once: what changes again meanwhile is read again. So nodes that never
 * rest neither fill xenstored's queue, which others need too, nor lose their last value.
 */
final class ChangedNodes {
    static final int AT_ONCE = 256;

    private static final Logger LOG = LoggerFactory.getLogger(ChangedNodes.class);

    private final Xenstore xenstore;
    private final BiConsumer<String, Optional<String>> taker;
    /** In the order of their changes. */
    private final Set<String> due = new LinkedHashSet<>();

    private final Set<String> reading = new HashSet<>();

    /** @param taker is given a path and what its node holds, empty when it is gone */
    ChangedNodes(Xenstore xenstore, BiConsumer<String, Optional<String>> taker) {
        this.xenstore = xenstore;
        this.taker = taker;
    }

    void changed(String path) {
        due.add(path);
        readMore();
    }

    private void readMore() {
        List<String> now = new ArrayList<>();
        for (Iterator<String> each = due.iterator(); each.hasNext() && reading.size() < AT_ONCE; ) {
            String path = each.next();
            if (reading.add(path)) {
                each.remove();
                now.add(path);
            }
        }
        now.forEach(this::read);
    }

    private void read(String path) {
        xenstore.read(path)
                .onSuccess(value -> taker.accept(path, value))
                .onFailure(failure -> LOG.warn("A change of {} cannot be told: {}", path, failure.getMessage()))
                .onComplete(done -> {
                    reading.remove(path);
                    readMore();
                });
    }
}
