package dev.xcs.xenstore;

import dev.xcs.model.StoreNode;
import java.util.List;

/** One change to xenstore. */
public sealed interface Change {
    String path();

    /** Writes a value, making the node and its parents where they are missing. At most 2048 bytes: oxenstored refuses more. */
    record Write(String path, String value) implements Change {}

    /** Sets permissions: the first is owner and default, as {@code n0}; the others grant, as {@code r5}. */
    record Permit(String path, List<String> permissions) implements Change {
        public Permit {
            permissions = List.copyOf(permissions);
        }
    }

    /** Removes a node and all below; quietly nothing when it does not exist. */
    record Remove(String path) implements Change {}

    static Change write(String path, Object value) {
        return new Write(path, value.toString());
    }

    static Change permit(String path, String... permissions) {
        return new Permit(path, List.of(permissions));
    }

    /** The changes that make a node. */
    static List<Change> of(StoreNode node) {
        Change write = write(node.path(), node.value());
        return node.permissions() == null
                ? List.of(write)
                : List.of(write, new Permit(node.path(), node.permissions()));
    }

    static Change remove(String path) {
        return new Remove(path);
    }
}
