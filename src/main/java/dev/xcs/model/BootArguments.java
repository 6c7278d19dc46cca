package dev.xcs.model;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a kernel is told when nobody wrote a command line for it. Only Linux has to be told that Xen's console is the one to print on; NetBSD
 * (xencons), FreeBSD (xc0), Plan 9 and Mini-OS take it by themselves in a guest.
 */
public final class BootArguments {
    private static final Map<GuestOs, String> DEFAULTS = new EnumMap<>(Map.of(GuestOs.LINUX, "console=hvc0"));

    private BootArguments() {}

    /** The command line that was asked for, even an empty one, else what the guest's system needs. */
    public static @Nullable String of(DomainSpec spec) {
        return spec.cmdline() == null ? DEFAULTS.get(spec.guestOs()) : spec.cmdline();
    }
}
