package dev.xcs.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node that one part of the daemon wants written by another.
 *
 * @param permissions as on the wire: {@code n0} the owner and default, {@code r5} for others; null to inherit the parent's
 */
public record StoreNode(String path, String value, @Nullable List<String> permissions) {
    public StoreNode {
        permissions = permissions == null ? null : List.copyOf(permissions);
    }
}
