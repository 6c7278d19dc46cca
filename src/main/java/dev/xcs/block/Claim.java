package dev.xcs.block;

import dev.xcs.model.Extent;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Somebody's use of some bytes.
 *
 * @param holder in words, for who wants the same: {@code xvda of domain web1}
 * @param writes whether the bytes may be changed
 */
record Claim(String holder, List<Extent> extents, boolean writes) {
    Claim {
        extents = List.copyOf(extents);
    }

    /** Several may read the same bytes; who writes has to be alone. */
    boolean conflicts(Claim other) {
        return (writes || other.writes)
                && extents.stream().anyMatch(mine -> other.extents.stream().anyMatch(mine::overlaps));
    }

    Optional<Claim> firstConflict(Collection<Claim> others) {
        return others.stream().filter(this::conflicts).findFirst();
    }
}
