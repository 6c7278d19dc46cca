package dev.xcs.hypervisor.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * One node.
 *
 * @param value its bytes, one per character (ISO 8859-1)
 * @param children names in order of creation
 * @param generation of its last change, given by the tree
 */
record StoreNode(String value, List<Permission> permissions, List<String> children, long generation) {
    StoreNode {
        permissions = List.copyOf(permissions);
        children = List.copyOf(children);
    }

    static StoreNode empty(List<Permission> permissions) {
        return new StoreNode("", permissions, List.of(), 0);
    }

    int owner() {
        return permissions.get(0).domid();
    }

    StoreNode withValue(String newValue) {
        return new StoreNode(newValue, permissions, children, generation);
    }

    StoreNode withPermissions(List<Permission> newPermissions) {
        return new StoreNode(value, newPermissions, children, generation);
    }

    StoreNode withChild(String name) {
        List<String> more = new ArrayList<>(children);
        more.add(name);
        return new StoreNode(value, permissions, more, generation);
    }

    StoreNode withoutChild(String name) {
        List<String> fewer = new ArrayList<>(children);
        fewer.remove(name);
        return new StoreNode(value, permissions, fewer, generation);
    }

    StoreNode atGeneration(long newGeneration) {
        return new StoreNode(value, permissions, children, newGeneration);
    }
}
