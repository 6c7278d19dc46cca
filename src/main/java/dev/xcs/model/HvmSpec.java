package dev.xcs.model;

import org.jspecify.annotations.Nullable;

/**
 * What a domain has because it is a PC. In JSON everything may be left out.
 *
 * @param firmware {@code bios} by default
 * @param vga {@code std} by default
 */
public record HvmSpec(FirmwareKind firmware, VgaCard vga) {
    /** With which an HVM guest starts in place of a kernel; where it is, is looked up at each boot. */
    public static final String LOADER = "hvmloader";

    public static final HvmSpec DEFAULT = of(null, null);

    @SuppressWarnings("NullAway") // JSON can leave out what the type says is there
    public HvmSpec {
        firmware = firmware == null ? FirmwareKind.BIOS : firmware;
        vga = vga == null ? VgaCard.STD : vga;
    }

    @SuppressWarnings("NullAway") // the constructor takes what is left out
    public static HvmSpec of(@Nullable FirmwareKind firmware, @Nullable VgaCard vga) {
        return new HvmSpec(firmware, vga);
    }
}
