package dev.xcs.domain;

import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.OnEnd;
import dev.xcs.model.ShutdownReason;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values for tests. */
final class Specs {
    private Specs() {}

    static DomainSpec pv(String name) {
        return pv(name, OnEnd.DESTROY, OnEnd.RESTART, OnEnd.DESTROY);
    }

    static DomainSpec pv(String name, OnEnd onPoweroff, OnEnd onReboot, OnEnd onCrash) {
        return new DomainSpec(
                UUID.randomUUID(),
                name,
                DomainType.PV,
                128,
                2,
                "sim:linux",
                List.of(),
                "console=hvc0",
                false,
                onPoweroff,
                onReboot,
                onCrash,
                GuestOs.UNKNOWN,
                List.of(),
                List.of(),
                null);
    }

    static DomainSpec hvm(String name, HvmSpec pc) {
        return new DomainSpec(
                UUID.randomUUID(),
                name,
                DomainType.HVM,
                128,
                1,
                HvmSpec.LOADER,
                List.of(),
                null,
                false,
                OnEnd.DESTROY,
                OnEnd.RESTART,
                OnEnd.DESTROY,
                GuestOs.UNKNOWN,
                List.of(),
                List.of(),
                pc);
    }

    static DomainSpec with(DomainSpec spec, UUID uuid, String name) {
        return new DomainSpec(
                uuid,
                name,
                spec.type(),
                spec.memoryMib(),
                spec.vcpus(),
                spec.kernel(),
                spec.ramdisks(),
                spec.cmdline(),
                spec.paused(),
                spec.onPoweroff(),
                spec.onReboot(),
                spec.onCrash(),
                GuestOs.UNKNOWN,
                List.of(),
                List.of(),
                null);
    }

    static DomainSpec sized(DomainSpec spec, int memoryMib, int vcpus) {
        return new DomainSpec(
                spec.uuid(),
                spec.name(),
                spec.type(),
                memoryMib,
                vcpus,
                spec.kernel(),
                spec.ramdisks(),
                spec.cmdline(),
                spec.paused(),
                spec.onPoweroff(),
                spec.onReboot(),
                spec.onCrash(),
                GuestOs.UNKNOWN,
                List.of(),
                List.of(),
                null);
    }

    static DomainSpec paused(DomainSpec spec) {
        return new DomainSpec(
                spec.uuid(),
                spec.name(),
                spec.type(),
                spec.memoryMib(),
                spec.vcpus(),
                spec.kernel(),
                spec.ramdisks(),
                spec.cmdline(),
                true,
                spec.onPoweroff(),
                spec.onReboot(),
                spec.onCrash(),
                GuestOs.UNKNOWN,
                List.of(),
                List.of(),
                null);
    }

    static DomainSpec booting(DomainSpec spec, String kernel, String... ramdisks) {
        return new DomainSpec(
                spec.uuid(),
                spec.name(),
                spec.type(),
                spec.memoryMib(),
                spec.vcpus(),
                kernel,
                List.of(ramdisks),
                spec.cmdline(),
                spec.paused(),
                spec.onPoweroff(),
                spec.onReboot(),
                spec.onCrash(),
                spec.guestOs(),
                spec.disks(),
                spec.vifs(),
                null);
    }

    static DomainInfo info(int domid, UUID handle) {
        return info(domid, handle, false, null);
    }

    static DomainInfo info(int domid, UUID handle, boolean dying, @Nullable ShutdownReason reason) {
        return new DomainInfo(
                domid, handle, false, dying, false, false, true, reason, 131072, 132096, 5_000_000_000L, 1);
    }
}
