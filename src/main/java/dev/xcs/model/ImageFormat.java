package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a kernel file is, once it is unpacked. In JSON the names are in lower case. */
public enum ImageFormat {
    /** 32 or 64 bit, little-endian. */
    ELF,
    /** Linux' own container (Documentation/arch/x86/boot.rst). */
    BZIMAGE,
    /** The executable of Plan 9 (a.out(6)): its header is big-endian on every machine. */
    PLAN9,
    /** Raw bytes with a multiboot header that says where they go. */
    MULTIBOOT,
    /** No kernel but what a PC starts with in place of one: volumes of the PI specification. */
    UEFI,
    /** No file: a kernel of the simulated host. */
    SIMULATED;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static ImageFormat ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
