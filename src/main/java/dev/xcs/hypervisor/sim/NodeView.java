package dev.xcs.hypervisor.sim;

import org.jspecify.annotations.Nullable;

/** Where an operation reads and changes nodes: the store itself or a transaction. */
interface NodeView {
    /** Whom a change is told to. */
    enum Tell {
        /** Nobody: only the list of children changed. */
        NOBODY,
        /** Those who watch this very path: the node went with one above it. */
        EXACT,
        /** Those who watch this path or one above. */
        TREE
    }

    @Nullable
    StoreNode get(String path);

    void put(String path, StoreNode node, Tell tell);

    void delete(String path, Tell tell);

    /** How many nodes a domain owns, for its quota. */
    int ownedBy(int domid);
}
