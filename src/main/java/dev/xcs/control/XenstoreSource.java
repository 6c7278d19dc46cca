package dev.xcs.control;

import dev.xcs.model.ControlMessage;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Control messages from xenstore: one watch on all domains, each change of a node that means something told once. One watch and not six a
 * domain: xenstored has to look at every watch for every write.
 */
final class XenstoreSource {
    private static final String ROOT = "/local/domain";

    private final Xenstore xenstore;
    private final KnownDomains known;
    private final Consumer<ControlMessage> sink;
    private final ChangedNodes nodes;
    private final Map<WatchedNode, String> values = new HashMap<>();
    private Xenstore.@Nullable Watch watch;

    XenstoreSource(Xenstore xenstore, KnownDomains known, Consumer<ControlMessage> sink) {
        this.xenstore = xenstore;
        this.known = known;
        this.sink = sink;
        this.nodes = new ChangedNodes(
                xenstore, (path, value) -> WatchedNode.of(path).ifPresent(node -> seen(node, value.orElse(null))));
    }

    Future<Xenstore.Watch> start() {
        return xenstore.watch(ROOT, this::changed).onSuccess(opened -> watch = opened);
    }

    Future<Void> close() {
        return watch == null ? Future.succeededFuture() : watch.cancel();
    }

    /** What was known of a domid is another domain's from now on. */
    void forget(int domid) {
        values.keySet().removeIf(node -> node.domid() == domid);
    }

    /** What was just written, from who wrote it: the guest may empty the node before it can be read here. */
    void shutdownAsked(int domid, String word) {
        seen(WatchedNode.shutdown(domid), word);
    }

    /** A key that who pressed it tells of: the guest may take it before it can be read here, which is looked for after it. */
    void sysrqTold(int domid, String key) {
        values.put(WatchedNode.sysrq(domid), key);
        nodes.changed(ROOT + "/" + domid + "/control/sysrq");
    }

    private void changed(String path) {
        WatchedNode.readFor(path).ifPresent(nodes::changed);
    }

    private void seen(WatchedNode node, @Nullable String now) {
        String before = now == null ? values.remove(node) : values.put(node, now);
        if (Objects.equals(before, now)) {
            return;
        }
        node.meaning(before, now)
                .ifPresent(meaning -> sink.accept(new ControlMessage(
                        0,
                        Instant.now(),
                        known.uuidOf(node.domid()).orElse(null),
                        node.domid(),
                        meaning.subtype(),
                        meaning.payload(),
                        null,
                        null)));
    }
}
