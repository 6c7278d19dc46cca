package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a kernel file says of itself. Numbers of up to 64 bits are hexadecimal text: JSON's own are too short for some readers.
 *
 * @param sizeBytes of the file as it is
 * @param compression of the file, or of what is inside a bzImage
 * @param architecture {@code x86_64} or {@code x86_32}
 * @param guestOs as far as xcs knows it; the note GUEST_OS has the name that the kernel gives itself
 * @param loader what the kernel wants to be loaded by, {@code generic} mostly
 * @param product the name and version that the file calls itself by, outside of any note
 * @param pv whether Xen can start it as a PV guest; null if that was not found out
 * @param pvh whether Xen can start it as a PVH guest; null if that was not found out
 * @param entry where it begins: as PV by its note, else by its header
 * @param pvhEntry where it begins as PVH, a physical address
 * @param features what it can do without, or with {@code !} needs, by Xen's names
 * @param multiboot versions of the multiboot headers that it has
 * @param notes Xen's notes by their names without prefix, or what the older section __xen_guest says instead
 * @param simulated a kernel of the simulated host, which is no file
 * @param incomplete why not all of it was looked at
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImageReport(
        String path,
        long sizeBytes,
        ImageFormat format,
        Compression compression,
        @Nullable String architecture,
        GuestOs guestOs,
        @Nullable String guestVersion,
        @Nullable String loader,
        @Nullable String product,
        @Nullable Boolean pv,
        @Nullable Boolean pvh,
        @Nullable String entry,
        @Nullable String pvhEntry,
        @Nullable String xenVersion,
        List<String> features,
        @Nullable String paeMode,
        @Nullable String bsdSymtab,
        List<Integer> multiboot,
        Map<String, String> notes,
        boolean simulated,
        @Nullable String incomplete) {
    public ImageReport {
        features = List.copyOf(features);
        multiboot = List.copyOf(multiboot);
    }

    /** A kernel of the simulated host. */
    public static ImageReport simulated(String name, GuestOs guestOs) {
        return new ImageReport(
                name,
                0,
                ImageFormat.SIMULATED,
                Compression.NONE,
                null,
                guestOs,
                null,
                null,
                null,
                true,
                true,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                List.of(),
                Map.of(),
                true,
                null);
    }
}
