package dev.xcs.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.message.BuildXenDomain;
import dev.xcs.message.XenDomainBuilt;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.FirmwareKind;
import dev.xcs.model.GuestOs;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.OnEnd;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VgaCard;
import dev.xcs.testing.BusFixture;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class XenClientTest {
    private final BusFixture fixture = new BusFixture();
    private final List<BuildRequest> built = new CopyOnWriteArrayList<>();
    private final XenClient xen = new XenClient(fixture.bus(), Rig.QUICK, Rig.HVM);

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void startsAPcWithTheFilesThatAreConfiguredNow() {
        takeBuilds();
        // Both were written down under another configuration.
        build("/old/hvmloader", "/old/bios.bin", null);
        build(HvmSpec.LOADER, null, HvmSpec.of(FirmwareKind.UEFI, VgaCard.NONE));

        assertThat(built)
                .containsExactly(
                        new BuildRequest(7, DomainType.HVM, 112, 1, "/hvm/loader", List.of(List.of("/hvm/bios")), null),
                        new BuildRequest(
                                7, DomainType.HVM, 128, 1, "/hvm/loader", List.of(List.of("/hvm/uefi")), null));
    }

    @Test
    void saysWhereTheFirmwareThatCannotBeUsedIsSet() {
        BuildXenDomain.ADDRESS.answer(
                fixture.bus(),
                ask -> Future.failedFuture(Problem.of(ProblemType.BAD_IMAGE, "ramdisk: \"/hvm/uefi\" is not there")
                        .withField("ramdisk")
                        .toException()));

        Future<BuiltDomain> refused =
                xen.build(spec(HvmSpec.LOADER, null, HvmSpec.of(FirmwareKind.UEFI, VgaCard.STD)), 7);

        assertThat(refusal(refused).field()).isEqualTo("firmware");
        assertThat(refusal(refused).cause()).contains("domain.hvm-uefi");
    }

    private static Problem refusal(Future<BuiltDomain> refused) {
        try {
            throw new AssertionError("Expected a problem and got " + BusFixture.await(refused));
        } catch (ProblemException problem) {
            return problem.problem();
        }
    }

    private void takeBuilds() {
        BuildXenDomain.ADDRESS.answer(fixture.bus(), ask -> {
            built.add(ask.request());
            return Future.succeededFuture(new XenDomainBuilt(new BuiltDomain(1, 2, 3, 4)));
        });
    }

    private void build(String kernel, @Nullable String ramdisk, @Nullable HvmSpec pc) {
        BusFixture.await(xen.build(spec(kernel, ramdisk, pc), 7));
    }

    private static DomainSpec spec(String kernel, @Nullable String ramdisk, @Nullable HvmSpec pc) {
        return new DomainSpec(
                UUID.randomUUID(),
                "pc",
                DomainType.HVM,
                128,
                1,
                kernel,
                ramdisk == null ? List.of() : List.of(ramdisk),
                null,
                false,
                OnEnd.DESTROY,
                OnEnd.RESTART,
                OnEnd.DESTROY,
                GuestOs.LINUX,
                List.of(),
                List.of(),
                pc);
    }
}
