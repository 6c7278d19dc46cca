package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.NodeView.Tell;
import dev.xcs.hypervisor.sim.StoreTree.Changed;
import dev.xcs.xenstore.wire.Errno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who watches what. Not thread-safe. */
final class StoreWatches {
    /**
     * One registration.
     *
     * @param owner the session that made it
     * @param path canonical, or a special name
     * @param given the path as it was sent: events of a relative watch are relative too
     * @param sink is told the path that changed
     */
    record Watch(Object owner, int domid, String path, String given, String token, Consumer<String> sink) {
        private String asSeen(String changed) {
            return path.equals(given) ? changed : given + changed.substring(path.length());
        }
    }

    private final Map<String, List<Watch>> byPath = new HashMap<>();
    private final Map<Object, List<Watch>> byOwner = new HashMap<>();
    private final Map<Integer, Integer> countByDomid = new HashMap<>();

    /** Adds and tells it once at once, which the caller has to do after its reply. */
    void add(Watch watch) {
        List<Watch> there = byPath.computeIfAbsent(watch.path(), path -> new ArrayList<>());
        if (there.stream()
                .anyMatch(
                        other -> other.owner() == watch.owner() && other.token().equals(watch.token()))) {
            throw new StoreError(Errno.EEXIST);
        }
        there.add(watch);
        byOwner.computeIfAbsent(watch.owner(), owner -> new ArrayList<>()).add(watch);
        countByDomid.merge(watch.domid(), 1, Integer::sum);
    }

    void remove(Object owner, String path, String token) {
        Watch found = byPath.getOrDefault(path, List.of()).stream()
                .filter(watch -> watch.owner() == owner && watch.token().equals(token))
                .findFirst()
                .orElseThrow(() -> new StoreError(Errno.ENOENT));
        byOwner.computeIfPresent(owner, (key, watches) -> without(watches, found));
        drop(found);
    }

    void removeAll(Object owner) {
        List<Watch> watches = byOwner.remove(owner);
        if (watches != null) {
            watches.forEach(this::drop);
        }
    }

    int count(int domid) {
        return countByDomid.getOrDefault(domid, 0);
    }

    private void drop(Watch watch) {
        byPath.computeIfPresent(watch.path(), (path, watches) -> without(watches, watch));
        countByDomid.computeIfPresent(watch.domid(), (domid, count) -> count == 1 ? null : count - 1);
    }

    private static @Nullable List<Watch> without(List<Watch> watches, Watch watch) {
        watches.remove(watch);
        return watches.isEmpty() ? null : watches;
    }

    /** Tells of a change to a node; a guest hears only of what it may read. */
    void fire(Changed change, NodeView after) {
        Map<String, List<Watch>> found = new LinkedHashMap<>();
        collect(change.path(), found);
        if (change.tell() == Tell.TREE && !change.path().equals("/")) {
            for (String path = StorePath.parent(change.path()); ; path = StorePath.parent(path)) {
                collect(path, found);
                if (path.equals("/")) {
                    break;
                }
            }
        }
        found.values().stream()
                .flatMap(List::stream)
                .filter(watch -> isPermitted(watch.domid(), change, after))
                .forEach(watch -> watch.sink().accept(watch.asSeen(change.path())));
    }

    /** Tells of {@code @introduceDomain} or {@code @releaseDomain}, which only dom0 may hear. */
    void fireSpecial(String name) {
        List.copyOf(byPath.getOrDefault(name, List.of())).stream()
                .filter(watch -> watch.domid() == 0)
                .forEach(watch -> watch.sink().accept(name));
    }

    private void collect(String path, Map<String, List<Watch>> found) {
        List<Watch> watches = byPath.get(path);
        if (watches != null) {
            found.put(path, List.copyOf(watches));
        }
    }

    private static boolean isPermitted(int domid, Changed change, NodeView after) {
        StoreNode parent = after.get(StorePath.parent(change.path()));
        return Permission.of(change.permissions(), domid).read
                || parent != null && Permission.of(parent.permissions(), domid).read;
    }
}
