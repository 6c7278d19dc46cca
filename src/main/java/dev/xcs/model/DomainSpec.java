package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A domain as it was asked for, complete and valid.
 *
 * @param kernel path of the kernel in dom0's file system, or {@code sim:linux} and the like on the simulated host, or
 *     {@value HvmSpec#LOADER}
 * @param ramdisks paths of the initial ramdisks
 * @param cmdline the kernel's command line
 * @param paused whether it is left paused when it is built
 * @param guestOs whose names the disks have, and what the kernel is told where nothing else is said; unknown until its image decides
 * @param disks in the order in which they were asked for
 * @param vifs by index: the guest's first interface is the first
 * @param hvm what it has as a PC; for HVM only
 */
public record DomainSpec(
        UUID uuid,
        String name,
        DomainType type,
        int memoryMib,
        int vcpus,
        String kernel,

        @JsonAlias("ramdisk") @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<String> ramdisks,

        @Nullable String cmdline,
        boolean paused,
        OnEnd onPoweroff,
        OnEnd onReboot,
        OnEnd onCrash,
        GuestOs guestOs,
        List<DiskSpec> disks,
        List<VifSpec> vifs,
        @Nullable HvmSpec hvm) {
    /**
     * What was written down by an older xcsd has neither guest OS nor disks nor vifs, one ramdisk or none, and an HVM domain files in place of
     * what they are.
     */
    @SuppressWarnings("NullAway") // JSON can leave out what the type says is there
    public DomainSpec {
        ramdisks = ramdisks == null ? List.of() : List.copyOf(ramdisks);
        guestOs = guestOs == null ? GuestOs.UNKNOWN : guestOs;
        disks = disks == null ? List.of() : List.copyOf(disks);
        vifs = vifs == null ? List.of() : List.copyOf(vifs);
        hvm = hvm == null && type == DomainType.HVM ? HvmSpec.DEFAULT : hvm;
    }

    public DomainSpec withType(DomainType newType) {
        return with(newType, guestOs, disks, vifs);
    }

    public DomainSpec withGuestOs(GuestOs newGuestOs) {
        return with(type, newGuestOs, disks, vifs);
    }

    public DomainSpec withDisks(List<DiskSpec> newDisks) {
        return with(type, guestOs, newDisks, vifs);
    }

    public DomainSpec withVifs(List<VifSpec> newVifs) {
        return with(type, guestOs, disks, newVifs);
    }

    private DomainSpec with(DomainType newType, GuestOs newGuestOs, List<DiskSpec> newDisks, List<VifSpec> newVifs) {
        return new DomainSpec(
                uuid,
                name,
                newType,
                memoryMib,
                vcpus,
                kernel,
                ramdisks,
                cmdline,
                paused,
                onPoweroff,
                onReboot,
                onCrash,
                newGuestOs,
                newDisks,
                newVifs,
                hvm);
    }
}
