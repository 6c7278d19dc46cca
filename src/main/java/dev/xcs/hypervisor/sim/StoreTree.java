package dev.xcs.hypervisor.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All nodes by path, and what was changed since somebody last asked. Not thread-safe. */
final class StoreTree implements NodeView {
    /** A change that watches are told of; the permissions are those of the node when it was changed. */
    record Changed(String path, Tell tell, List<Permission> permissions) {}

    private final Map<String, StoreNode> nodes = new HashMap<>();
    private final Map<Integer, Set<String>> owned = new HashMap<>();
    private List<Changed> changes = new ArrayList<>();
    private long generation;

    StoreTree() {
        StoreNode node = StoreNode.empty(List.of(new Permission(Permission.Access.NONE, 0)));
        // What C xenstored starts with.
        put("/", node.withChild("tool"), Tell.NOBODY);
        put("/tool", node.withChild("xenstored"), Tell.NOBODY);
        put("/tool/xenstored", node, Tell.NOBODY);
    }

    @Override
    public @Nullable StoreNode get(String path) {
        return nodes.get(path);
    }

    @Override
    public void put(String path, StoreNode node, Tell tell) {
        StoreNode old = nodes.put(path, node.atGeneration(++generation));
        if (old == null || old.owner() != node.owner()) {
            disown(path, old);
            owned.computeIfAbsent(node.owner(), domid -> new HashSet<>()).add(path);
        }
        note(path, tell, node);
    }

    @Override
    public void delete(String path, Tell tell) {
        StoreNode old = nodes.remove(path);
        if (old != null) {
            disown(path, old);
            note(path, tell, old);
        }
    }

    @Override
    public int ownedBy(int domid) {
        return owned.getOrDefault(domid, Set.of()).size();
    }

    /** Paths of the nodes that a domain owns. */
    List<String> pathsOwnedBy(int domid) {
        return owned.getOrDefault(domid, Set.of()).stream().sorted().toList();
    }

    /** Generation of the node at a path; 0 where there is none. */
    long generationOf(String path) {
        StoreNode node = nodes.get(path);
        return node == null ? 0 : node.generation();
    }

    /** Hands over what was changed, oldest first. */
    List<Changed> takeChanges() {
        List<Changed> taken = changes;
        changes = new ArrayList<>();
        return taken;
    }

    private void disown(String path, @Nullable StoreNode old) {
        Set<String> paths = old == null ? null : owned.get(old.owner());
        if (old != null && paths != null && paths.remove(path) && paths.isEmpty()) {
            owned.remove(old.owner());
        }
    }

    private void note(String path, Tell tell, StoreNode node) {
        if (tell != Tell.NOBODY) {
            changes.add(new Changed(path, tell, node.permissions()));
        }
    }
}
