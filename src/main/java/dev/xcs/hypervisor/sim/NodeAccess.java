package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.NodeView.Tell;
import dev.xcs.hypervisor.sim.Permission.Access;
import dev.xcs.xenstore.wire.Errno;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/** One domain's reads and changes of nodes, with its permissions and its quota. Paths are canonical. */
final class NodeAccess {
    private final int domid;
    private final NodeView view;
    private final StoreQuota quota;

    NodeAccess(int domid, NodeView view, StoreQuota quota) {
        this.domid = domid;
        this.view = view;
        this.quota = quota;
    }

    /** The node, for reading. */
    StoreNode read(String path) {
        StoreNode node = view.get(path);
        if (node == null) {
            throw absent(path, access -> access.read);
        }
        require(node, access -> access.read);
        return node;
    }

    void write(String path, String value) {
        if (domid != 0 && value.length() > quota.valueBytes()) {
            throw new StoreError(Errno.ENOSPC);
        }
        StoreNode node = view.get(path);
        if (node == null) {
            create(path, value);
        } else {
            require(node, access -> access.write);
            view.put(path, node.withValue(value), Tell.TREE);
        }
    }

    /** Makes an empty node; nothing happens where one is. */
    void mkdir(String path) {
        StoreNode node = view.get(path);
        if (node == null) {
            create(path, "");
        } else {
            require(node, access -> access.write);
        }
    }

    void remove(String path) {
        if (path.equals("/")) {
            throw new StoreError(Errno.EINVAL);
        }
        String parentPath = StorePath.parent(path);
        StoreNode node = view.get(path);
        if (node == null) {
            StoreError absent = absent(path, access -> access.write);
            if (absent.errno() == Errno.ENOENT && view.get(parentPath) != null) {
                return;
            }
            throw absent;
        }
        require(node, access -> access.write);
        StoreNode parent = view.get(parentPath);
        if (parent != null) {
            view.put(parentPath, parent.withoutChild(StorePath.name(path)), Tell.NOBODY);
        }
        removeBelow(path, node);
        view.delete(path, Tell.TREE);
    }

    void permit(String path, List<Permission> permissions) {
        StoreNode node = view.get(path);
        if (node == null) {
            throw absent(path, access -> access.write);
        }
        if (domid != 0) {
            if (node.owner() != domid) {
                throw new StoreError(Errno.EACCES);
            }
            if (permissions.get(0).domid() != domid) {
                throw new StoreError(Errno.EPERM);
            }
            if (permissions.size() > quota.permissions()) {
                throw new StoreError(Errno.ENOSPC);
            }
        }
        view.put(path, node.withPermissions(permissions), Tell.TREE);
    }

    private void removeBelow(String path, StoreNode node) {
        for (String name : node.children()) {
            String childPath = StorePath.child(path, name);
            StoreNode child = view.get(childPath);
            if (child != null) {
                removeBelow(childPath, child);
                view.delete(childPath, Tell.EXACT);
            }
        }
    }

    /** Makes the node and every missing one above it; they inherit permissions, but a guest owns what it makes. */
    private void create(String path, String value) {
        Deque<String> missing = new ArrayDeque<>();
        String existing = path;
        StoreNode parent = null;
        while (parent == null) {
            missing.push(existing);
            existing = StorePath.parent(existing);
            parent = view.get(existing);
        }
        require(parent, access -> access.write);
        if (domid != 0 && view.ownedBy(domid) + missing.size() > quota.nodes()) {
            throw new StoreError(Errno.ENOSPC);
        }
        List<Permission> permissions = inherited(parent);
        view.put(existing, parent.withChild(StorePath.name(missing.getFirst())), Tell.NOBODY);
        while (missing.size() > 1) {
            String step = missing.pop();
            view.put(step, StoreNode.empty(permissions).withChild(StorePath.name(missing.getFirst())), Tell.NOBODY);
        }
        view.put(path, StoreNode.empty(permissions).withValue(value), Tell.TREE);
    }

    private List<Permission> inherited(StoreNode parent) {
        List<Permission> permissions = new ArrayList<>(parent.permissions());
        if (domid != 0) {
            permissions.set(0, new Permission(permissions.get(0).access(), domid));
        }
        return permissions;
    }

    private void require(StoreNode node, Predicate<Access> needed) {
        if (!needed.test(Permission.of(node.permissions(), domid))) {
            throw new StoreError(Errno.EACCES);
        }
    }

    /** Why a node that is not there cannot be had: whoever may not see the nearest one above learns nothing. */
    private StoreError absent(String path, Predicate<Access> needed) {
        String above = StorePath.parent(path);
        StoreNode node = view.get(above);
        while (node == null) {
            above = StorePath.parent(above);
            node = view.get(above);
        }
        boolean allowed = needed.test(Permission.of(node.permissions(), domid));
        return new StoreError(allowed ? Errno.ENOENT : Errno.EACCES);
    }
}
