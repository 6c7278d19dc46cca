package dev.xcs.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.bus.Json;
import dev.xcs.bus.RecordCodec;
import dev.xcs.config.DaemonConfig.HvmConfig;
import dev.xcs.hypervisor.KernelElf;
import dev.xcs.message.Done;
import dev.xcs.message.FindSimKernel;
import dev.xcs.message.HostRead;
import dev.xcs.message.PrepareKernel;
import dev.xcs.message.ReadHost;
import dev.xcs.message.SimKernelFound;
import dev.xcs.model.Compression;
import dev.xcs.model.Dom0System;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.FirmwareKind;
import dev.xcs.model.GuestOs;
import dev.xcs.model.HostInfo;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.ImageFormat;
import dev.xcs.model.ImageReport;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.FirmwareImage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootImagesTest {
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path directory;

    @BeforeEach
    void install() {
        RecordCodec.install(vertx.eventBus(), Json.mapper());
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void takeTheGuestsSystemFromItsKernel() throws IOException {
        BootImages images = images(Optional.empty());
        DomainSpec spec = Specs.booting(Specs.pv("web"), file("kernel", plan9()));

        assertThat(Rig.await(images.decide(spec)).guestOs()).isEqualTo(GuestOs.PLAN9);
        assertThat(Rig.await(images.decide(spec.withGuestOs(GuestOs.NETBSD))).guestOs())
                .isEqualTo(GuestOs.NETBSD);
    }

    @Test
    void askTheHostForItsSimulatedKernels() {
        FindSimKernel.ADDRESS.answer(
                vertx.eventBus(),
                ask -> Future.succeededFuture(new SimKernelFound(ImageReport.simulated(ask.name(), GuestOs.NETBSD))));
        BootImages images = images(Optional.of(directory));

        assertThat(Rig.await(images.decide(Specs.pv("web"))).guestOs()).isEqualTo(GuestOs.NETBSD);
        assertThat(Rig.await(images.inspect("sim:netbsd")).simulated()).isTrue();
    }

    @Test
    void refuseSimulatedKernelsOnARealHost() {
        FindSimKernel.ADDRESS.answer(vertx.eventBus(), ask -> Future.succeededFuture(new SimKernelFound(null)));

        assertThat(refusal(images(Optional.empty()).decide(Specs.pv("web"))).detail())
                .isEqualTo("kernel: \"sim:linux\", expected an absolute path");
    }

    @Test
    void refuseWhatIsNoKernel() throws IOException {
        Problem problem = refusal(images(Optional.empty())
                .decide(Specs.booting(Specs.pv("web"), file("text", "hello".getBytes(StandardCharsets.US_ASCII)))));

        assertThat(problem.type()).isEqualTo(ProblemType.BAD_IMAGE);
        assertThat(problem.field()).isEqualTo("kernel");
    }

    @Test
    void refuseMoreRamdisksThanXenHasRoomForBeforeThereIsADomain() throws IOException {
        BootImages images = images(Optional.empty());
        String file = file("module", new byte[] {1});
        DomainSpec plan9 = Specs.booting(Specs.pv("web"), file("kernel", plan9()), file, file);

        assertThat(refusal(images.decide(plan9)).field()).isEqualTo("ramdisks");
        assertThat(Rig.await(images.decide(plan9.withGuestOs(GuestOs.LINUX))).ramdisks())
                .hasSize(2);
        String absent = directory.resolve("absent").toString();
        assertThat(refusal(images.decide(Specs.booting(Specs.pv("web"), file("kernel", plan9()), file, absent)))
                        .field())
                .isEqualTo("ramdisks[1]");
    }

    @Test
    void stayBelowTheirRoot() throws IOException {
        Path root = Files.createDirectory(directory.resolve("root"));
        Path inside = Files.write(root.resolve("inside"), plan9());
        Path outside = Files.write(directory.resolve("outside"), plan9());
        Files.createSymbolicLink(root.resolve("link"), outside);
        BootImages images = images(Optional.of(root));

        assertThat(Rig.await(images.inspect("inside")).format()).isEqualTo(ImageFormat.PLAN9);
        assertThat(Rig.await(images.inspect(inside.toString())).path()).isEqualTo(inside.toString());
        for (String path : new String[] {"../outside", "link", outside.toString(), "/nowhere"}) {
            Problem problem = refusal(images.inspect(path));
            assertThat(problem.type()).as(path).isEqualTo(ProblemType.INVALID_FIELD);
            assertThat(problem.detail()).contains("expected a file in " + root + " (domain.image-root)");
        }
        assertThat(refusal(images.inspect("absent")).detail()).contains("cannot be found");
        assertThat(refusal(images.decide(Specs.booting(Specs.pv("web"), outside.toString())))
                        .field())
                .isEqualTo("kernel");
    }

    @Test
    void lookAgainAtAFileThatHasChanged() throws IOException {
        BootImages images = images(Optional.empty());
        String path = file("kernel", plan9());
        assertThat(Rig.await(images.inspect(path)).sizeBytes()).isEqualTo(plan9().length);

        Files.write(Path.of(path), new byte[1000]);

        assertThat(refusal(images.inspect(path)).detail()).contains("is not a kernel");
    }

    @Test
    void haveAPackedKernelUnpackedWhenItIsFirstSeen() throws Exception {
        BlockingQueue<String> prepared = new LinkedBlockingQueue<>();
        PrepareKernel.ADDRESS.answer(vertx.eventBus(), ask -> {
            prepared.add(ask.kernel());
            return Future.succeededFuture(new Done());
        });
        byte[] elf = KernelElf.of(DomainType.PVH);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(elf);
        }
        BootImages images = images(Optional.empty());

        String plain = file("plain", elf);
        String zipped = file("zipped", packed.toByteArray());
        Rig.await(images.inspect(plain));
        assertThat(Rig.await(images.inspect(zipped)).compression()).isEqualTo(Compression.GZIP);

        assertThat(prepared.poll(10, TimeUnit.SECONDS)).isEqualTo(zipped);
        assertThat(prepared).isEmpty();
    }

    @Test
    void refuseFirmwareThatNoGuestStartsWith() throws IOException {
        ReadHost.ADDRESS.answer(vertx.eventBus(), ask -> Future.succeededFuture(new HostRead(host(false))));
        String xen = file("xen.fd", FirmwareImage.of("XenBusDxe", 0x20000));
        String other = file("other.fd", FirmwareImage.of("VirtioBusDxe", 0x20000));
        DomainSpec pc = Specs.hvm("pc", HvmSpec.of(FirmwareKind.UEFI, null));

        assertThat(Rig.await(uefi(xen).decide(pc))).isEqualTo(pc);
        assertThat(Rig.await(uefi(other).decide(Specs.hvm("pc", HvmSpec.DEFAULT)))
                        .hvm())
                .isEqualTo(HvmSpec.DEFAULT);
        Problem refused = refusal(uefi(other).decide(pc));
        assertThat(refused.field()).isEqualTo("firmware");
        assertThat(refused.detail()).contains("other.fd").contains("without Xen's drivers");
        assertThat(refusal(uefi(file("kernel", plan9())).decide(pc)).detail()).contains("is no UEFI firmware");
        Problem missing = refusal(uefi("/nowhere/OVMF.fd").decide(pc));
        assertThat(missing.detail()).contains("does not exist");
        assertThat(missing.cause()).contains("domain.hvm-uefi");
        assertThat(refusal(images(Optional.empty()).decide(Specs.booting(Specs.pv("web"), xen)))
                        .detail())
                .contains("is UEFI firmware with Xen's drivers and no kernel");
    }

    @Test
    void haveNoFirmwareToReadOnTheSimulatedHost() {
        ReadHost.ADDRESS.answer(vertx.eventBus(), ask -> Future.succeededFuture(new HostRead(host(true))));
        DomainSpec pc = Specs.hvm("pc", HvmSpec.of(FirmwareKind.UEFI, null));
        assertThat(Rig.await(uefi("/nowhere/OVMF.fd").decide(pc))).isEqualTo(pc);
    }

    private static HostInfo host(boolean simulated) {
        return new HostInfo(simulated, Dom0System.LINUX, "4.17.7", List.of(), true, true, true, 1, 1, 1, 1, 1);
    }

    private BootImages uefi(String firmware) {
        HvmConfig hvm = new HvmConfig(Rig.HVM.hvmloader(), Rig.HVM.bios(), Path.of(firmware), Rig.HVM.deviceModel());
        return new BootImages(
                vertx, new XenClient(vertx.eventBus(), Deadlines.DEFAULT, hvm), Optional.empty(), Set.of());
    }

    private BootImages images(Optional<Path> root) {
        return new BootImages(vertx, new XenClient(vertx.eventBus(), Deadlines.DEFAULT, Rig.HVM), root, Set.of());
    }

    private static Problem refusal(Future<?> future) {
        return Rig.problemOf(future);
    }

    private String file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content).toString();
    }

    private static byte[] plan9() {
        return ByteBuffer.allocate(32 + 16).putInt(0x1eb).putInt(16).array();
    }
}
