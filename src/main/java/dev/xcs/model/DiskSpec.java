package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A disk as it was asked for. In JSON everything but {@code vdev} and, for a disk, {@code target} may be left out.
 *
 * @param target path in dom0 of what backs it, or what the script makes of it; absent for an empty CD drive
 * @param vdev what the guest calls it, see {@link VirtualDevice#parse}
 * @param script hotplug script that makes a device of the target; one in Xen's directory of scripts
 * @param discard whether discarding is offered to the guest; absent to let the back-end choose
 * @param directIoSafe whether O_DIRECT is safe although a network may lie below, as xl's {@code direct-io-safe} promises
 * @param backendType what xl was told about the back-end; absent to choose by what backs the disk
 * @param override attach although it is in use elsewhere: the {@code !} of an access mode
 */
public record DiskSpec(
        @Nullable String target,
        String vdev,
        DiskFormat format,
        DiskAccess access,
        DiskDevice device,
        @Nullable String script,
        @Nullable Boolean discard,
        boolean directIoSafe,
        @Nullable DiskBackend backendType,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean override) {
    /** What a node of xenstore holds: oxenstored refuses more. */
    public static final int MAX_PATH_BYTES = 2048;

    private static final Pattern VDEV = Pattern.compile("(/dev/)?[A-Za-z0-9]{1,32}");

    /**
     * @throws ProblemException naming the component that cannot be accepted
     */
    public DiskSpec {
        check("vdev", vdev, VDEV.matcher(vdev).matches(), "letters and digits, like xvda, hdc or sda1");
        check("target", target, target != null || device == DiskDevice.CDROM, "a path: only a CD drive can be empty");
        check("target", target, isPath(target), PATH_EXPECTED);
        check("script", script, isPath(script) && !String.valueOf(script).contains(","), PATH_EXPECTED + " or comma");
        check("access", access.json(), device == DiskDevice.DISK || access == DiskAccess.RO, "ro for a CD drive");
        check("format", format.json(), target != null || format == DiskFormat.RAW, "none or raw for an empty CD drive");
        boolean rawOnly = backendType == DiskBackend.PHY;
        check("format", format.json(), !rawOnly || format == DiskFormat.RAW, "raw for the back-end phy");
    }

    private static final String PATH_EXPECTED = "1 to " + MAX_PATH_BYTES + " bytes of text without control character";

    /** As JSON gives it: raw, and writable unless it is a CD drive, if nothing else is said. */
    @JsonCreator
    public static DiskSpec of(
            @JsonProperty("target") @Nullable String target,
            @JsonProperty("vdev") @Nullable String vdev,
            @JsonProperty("format") @Nullable DiskFormat format,
            @JsonProperty("access") @Nullable DiskAccess access,
            @JsonProperty("device") @Nullable DiskDevice device,
            @JsonProperty("script") @Nullable String script,
            @JsonProperty("discard") @Nullable Boolean discard,
            @JsonProperty("directIoSafe") @Nullable Boolean directIoSafe,
            @JsonProperty("backendType") @Nullable DiskBackend backendType,
            @JsonProperty("override") @Nullable Boolean override) {
        DiskDevice kind = device == null ? DiskDevice.DISK : device;
        return new DiskSpec(
                target,
                vdev == null ? "" : vdev,
                format == null ? DiskFormat.RAW : format,
                access == null ? defaultAccess(kind) : access,
                kind,
                script,
                discard,
                Boolean.TRUE.equals(directIoSafe),
                backendType,
                Boolean.TRUE.equals(override));
    }

    /** A raw disk that the guest may write. */
    public static DiskSpec of(String target, String vdev) {
        return of(target, vdev, null, null, null, null, null, null, null, null);
    }

    /** What a guest may do with a drive for which nothing else is said. */
    public static DiskAccess defaultAccess(DiskDevice device) {
        return device == DiskDevice.CDROM ? DiskAccess.RO : DiskAccess.RW;
    }

    private static void check(String field, @Nullable String value, boolean good, String expected) {
        if (!good) {
            throw Problem.invalidField(field, value, expected).toException();
        }
    }

    private static boolean isPath(@Nullable String text) {
        return text == null
                || (!text.isEmpty()
                        && text.codePoints().noneMatch(DiskSpec::isUnsafe)
                        && text.getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES);
    }

    /** Control characters, and halves of surrogate pairs, which no file name can hold. */
    private static boolean isUnsafe(int c) {
        return Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
    }
}
