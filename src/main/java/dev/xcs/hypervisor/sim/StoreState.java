package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.StoreTree.Changed;
import dev.xcs.xenstore.wire.Errno;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Everything the simulated xenstored knows. Whoever uses it holds its monitor. */
final class StoreState {
    final StoreTree tree = new StoreTree();
    final StoreWatches watches = new StoreWatches();
    private final Set<Integer> introduced = new TreeSet<>();
    private final Set<Integer> ended = new TreeSet<>();

    /** Answers whether it is news: a second INTRODUCE of the same domain is accepted in silence. */
    boolean introduce(int domid) {
        boolean news = domid != 0 && introduced.add(domid);
        if (news) {
            ended.remove(domid);
            watches.fireSpecial("@introduceDomain");
        }
        return news;
    }

    void requireIntroduced(int domid) {
        if (!introduced.contains(domid)) {
            throw new StoreError(Errno.ENOENT);
        }
    }

    boolean isIntroduced(int domid) {
        return domid == 0 || introduced.contains(domid);
    }

    /** A shutdown is told once; so is the end, even when both happen at once. */
    void ended(int domid, boolean gone) {
        if (!introduced.contains(domid)) {
            return;
        }
        boolean news = gone ? introduced.remove(domid) : ended.add(domid);
        if (gone) {
            ended.remove(domid);
            removeOwned(domid);
        }
        if (news) {
            watches.fireSpecial("@releaseDomain");
        }
    }

    /** Tells the watches what was changed since the last time. */
    void tellChanges() {
        List<Changed> changes = tree.takeChanges();
        changes.forEach(change -> watches.fire(change, tree));
    }

    /** C xenstored deletes what a dead domain owned, and tells. */
    private void removeOwned(int domid) {
        NodeAccess access = new NodeAccess(0, tree, StoreQuota.DEFAULT);
        for (String path : tree.pathsOwnedBy(domid)) {
            if (tree.get(path) != null && !path.equals("/")) {
                access.remove(path);
            }
        }
        tellChanges();
    }
}
