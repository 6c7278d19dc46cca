package dev.xcs.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A domain as it was asked for, complete and valid.
 *
 * @param kernel path of the kernel in dom0's file system, or {@code sim:linux} and the like on the simulated host
 * @param ramdisk path of the initial ramdisk
 * @param cmdline the kernel's command line
 * @param paused whether it is left paused when it is built
 */
public record DomainSpec(
        UUID uuid,
        String name,
        DomainType type,
        int memoryMib,
        int vcpus,
        String kernel,
        @Nullable String ramdisk,
        @Nullable String cmdline,
        boolean paused,
        OnEnd onPoweroff,
        OnEnd onReboot,
        OnEnd onCrash) {}
