package dev.xcs.hypervisor.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A transaction: a layer over the tree that remembers of which generation each node was when it was first touched. It conflicts
 * when one of them, read or written, present or absent, is of another generation at the end.
 */
final class StoreTransaction implements NodeView {
    private static final class Touched {
        private final long seen;
        private @Nullable StoreNode node;
        private boolean written;
        private Tell tell = Tell.NOBODY;

        Touched(long seen, @Nullable StoreNode node) {
            this.seen = seen;
            this.node = node;
        }

        void change(@Nullable StoreNode newNode, Tell newTell) {
            node = newNode;
            written = true;
            if (newTell.compareTo(tell) > 0) {
                tell = newTell;
            }
        }
    }

    private final StoreTree tree;
    private final Map<String, Touched> touched = new LinkedHashMap<>();

    StoreTransaction(StoreTree tree) {
        this.tree = tree;
    }

    @Override
    public @Nullable StoreNode get(String path) {
        return touch(path).node;
    }

    @Override
    public void put(String path, StoreNode node, Tell tell) {
        touch(path).change(node, tell);
    }

    @Override
    public void delete(String path, Tell tell) {
        touch(path).change(null, tell);
    }

    @Override
    public int ownedBy(int domid) {
        return tree.ownedBy(domid);
    }

    int size() {
        return touched.size();
    }

    /** Puts everything into the tree, or nothing when it answers false: somebody else changed what was touched here. */
    boolean commit() {
        boolean conflict = touched.entrySet().stream()
                .anyMatch(entry -> tree.generationOf(entry.getKey()) != entry.getValue().seen);
        if (!conflict) {
            touched.forEach(this::store);
        }
        return !conflict;
    }

    private void store(String path, Touched change) {
        if (!change.written) {
            return;
        }
        if (change.node == null) {
            tree.delete(path, change.tell);
        } else {
            tree.put(path, change.node, change.tell);
        }
    }

    private Touched touch(String path) {
        return touched.computeIfAbsent(path, p -> new Touched(tree.generationOf(p), tree.get(p)));
    }
}
