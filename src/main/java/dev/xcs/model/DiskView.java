package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A disk of a domain as it shows.
 *
 * @param vdev as it was asked for
 * @param virtualDevice the number behind that name
 * @param sizeBytes what the guest sees; absent for an empty drive and where the domain has no boot
 * @param managed whether xcsd attached it
 * @param statistics absent where nobody counts
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DiskView(
        String vdev,
        int virtualDevice,
        @Nullable String target,
        DiskFormat format,
        DiskAccess access,
        DiskDevice device,
        @Nullable String script,
        @Nullable Boolean discard,
        boolean directIoSafe,
        @Nullable Long sizeBytes,
        DiskState state,
        boolean managed,
        @Nullable DiskStatistics statistics) {

    public static DiskView of(
            DiskSpec spec,
            VirtualDevice device,
            @Nullable Long sizeBytes,
            DiskState state,
            boolean managed,
            @Nullable DiskStatistics statistics) {
        return new DiskView(
                spec.vdev(),
                device.number(),
                spec.target(),
                spec.format(),
                spec.access(),
                spec.device(),
                spec.script(),
                spec.discard(),
                spec.directIoSafe(),
                sizeBytes,
                state,
                managed,
                statistics);
    }
}
