package dev.xcs.model;

import org.jspecify.annotations.Nullable;

/**
 * What is to be changed of a disk: its medium or its size.
 *
 * @param medium whether the medium of a CD drive is changed
 * @param target the new medium, null for none
 * @param sizeBytes the new size of a disk; null if it is the medium that is changed
 */
public record DiskChange(
        boolean medium, @Nullable String target, @Nullable Long sizeBytes) {
    public static DiskChange insert(@Nullable String target) {
        return new DiskChange(true, target, null);
    }

    public static DiskChange resize(long sizeBytes) {
        return new DiskChange(false, null, sizeBytes);
    }
}
