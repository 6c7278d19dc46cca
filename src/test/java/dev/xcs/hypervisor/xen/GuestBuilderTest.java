package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.KernelElf;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestBuilderTest {
    private static final int DOMID = 7;

    @TempDir
    Path directory;

    private final ScriptedLibraries script = new ScriptedLibraries();
    private GuestBuilder builder;
    private String kernel;

    @BeforeEach
    void aKernel() throws IOException {
        XenLibraries libraries = script.libraries();
        builder = new GuestBuilder(
                libraries,
                ScriptedLibraries.VERSION,
                ScriptedLibraries.LAYOUT,
                new KernelLoader(
                        libraries.libc(), new GuestLibraryUnpacker(libraries, ScriptedLibraries.LAYOUT.domImage())),
                PagingPool.mempool(script.scripted(PagingPool.Mempool.class), true));
        kernel = kernel(DomainType.PV);
    }

    @Test
    void buildsInTheOrderOfLibxl() throws IOException {
        String ramdisk =
                Files.writeString(directory.resolve("ramdisk"), "ramdisk").toString();

        BuiltDomain built = builder.build(new BuildOrder(request(64, List.of(List.of(ramdisk)), "console=hvc0"), null));

        assertThat(script.calls)
                .containsExactly(
                        "xc_interface_open",
                        "xc_physinfo",
                        "xc_domain_max_vcpus",
                        "xc_domain_setmaxmem",
                        "xc_evtchn_alloc_unbound",
                        "xc_evtchn_alloc_unbound",
                        "xc_domain_set_memmap_limit",
                        "xc_domain_set_tsc_info",
                        "xc_cpuid_apply_policy",
                        "xc_dom_allocate",
                        "xc_dom_kernel_mem",
                        "xc_dom_module_mem",
                        "xc_dom_boot_xen_init",
                        "xc_dom_parse_image",
                        "xc_dom_mem_init",
                        "xc_dom_boot_mem_init",
                        "xc_dom_build_image",
                        "xc_dom_boot_image",
                        "xc_dom_gnttab_init",
                        "xc_dom_release",
                        "xc_interface_close");
        assertThat(built)
                .isEqualTo(new BuiltDomain(1, ScriptedLibraries.STORE_FRAME, 2, ScriptedLibraries.CONSOLE_FRAME));
        DomImageLayout at = ScriptedLibraries.LAYOUT.domImage();
        assertThat(script.image.getInt(at.xenstoreEvtchn())).isEqualTo(1);
        assertThat(script.image.getInt(at.consoleEvtchn())).isEqualTo(2);
        assertThat(script.image.getInt(at.maxVcpus())).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xc_dom_kernel_mem",
                "xc_dom_boot_xen_init",
                "xc_dom_parse_image",
                "xc_dom_mem_init",
                "xc_dom_boot_mem_init",
                "xc_dom_build_image",
                "xc_dom_boot_image",
                "xc_dom_gnttab_init"
            })
    void releasesEverythingWhenACallOfTheBuilderFails(String call) {
        script.failing = call;
        script.errorCode = 1;
        script.errorMessage = "no luck";

        Problem problem = failure(request(64, List.of(), null));

        assertThat(problem.call()).isEqualTo(call);
        assertThat(problem.detail()).contains("no luck");
        assertThat(script.calls).endsWith("xc_dom_release", "xc_interface_close");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xc_physinfo",
                "xc_domain_max_vcpus",
                "xc_domain_setmaxmem",
                "xc_evtchn_alloc_unbound",
                "xc_domain_set_memmap_limit",
                "xc_domain_set_tsc_info"
            })
    void namesTheHypercallThatFailed(String call) {
        script.failing = call;
        script.errno = Errno.EPERM.code();

        Problem problem = failure(request(64, List.of(), null));

        assertThat(problem.type()).isEqualTo(ProblemType.HYPERVISOR);
        assertThat(problem.call()).isEqualTo(call);
        assertThat(problem.errno()).isEqualTo(1);
        assertThat(problem.cause()).contains("root");
        assertThat(script.calls).endsWith("xc_interface_close");
    }

    @Test
    void readsTheErrnoThatTheCpuPolicyReturns() {
        script.failing = "xc_cpuid_apply_policy";
        script.failure = -Errno.EINVAL.code();

        assertThat(failure(request(64, List.of(), null)).detail())
                .isEqualTo("xc_cpuid_apply_policy(7) failed with EINVAL (22): Invalid argument");
    }

    @Test
    void refusesMoreMemoryThanIsFreeBeforeItTouchesTheDomain() {
        script.freePages = 64 * 256;

        Problem problem = failure(request(64, List.of(), null));

        assertThat(problem.type()).isEqualTo(ProblemType.OUT_OF_MEMORY);
        assertThat(problem.detail()).contains("64 MiB needs 67584 KiB").contains("65536 KiB");
        assertThat(script.calls).containsExactly("xc_interface_open", "xc_physinfo", "xc_interface_close");
    }

    @Test
    void doesNotTrustALayoutThatDoesNotFit() {
        script.failing = "xc_dom_mem_init";
        script.failure = 0;

        Problem problem = failure(request(64, List.of(), null));

        assertThat(problem.detail()).contains("xc_dom_image.total_pages holds 0");
        assertThat(script.calls).endsWith("xc_dom_release", "xc_interface_close");
    }

    @Test
    void opensNothingForAKernelThatIsNone() throws IOException {
        Files.writeString(Path.of(kernel), "#!/bin/sh");

        assertThat(failure(request(64, List.of(), null)).type()).isEqualTo(ProblemType.BAD_IMAGE);
        assertThat(script.calls).isEmpty();
    }

    @Test
    void refusesACommandLineThatXenWouldCut() {
        assertThat(failure(request(64, List.of(), "x".repeat(1024))).field()).isEqualTo("cmdline");
        assertThat(failure(request(64, List.of(), "quiet\0")).field()).isEqualTo("cmdline");
        builder.build(new BuildOrder(request(64, List.of(), "x".repeat(1023)), null));
    }

    @Test
    void buildsPvhInTheOrderOfLibxl() throws IOException {
        BuiltDomain built = builder.build(new BuildOrder(pvh(64, 2), null));

        assertThat(script.calls)
                .containsExactly(
                        "xc_interface_open",
                        "xc_physinfo",
                        "xc_domain_max_vcpus",
                        "xc_domain_setmaxmem",
                        "xc_evtchn_alloc_unbound",
                        "xc_evtchn_alloc_unbound",
                        "xc_hvm_param_set(7, 10, 1)",
                        "xc_set_paging_mempool_size(7, 2359296)",
                        "xc_domain_set_tsc_info",
                        "xc_cpuid_apply_policy",
                        "xc_dom_allocate",
                        "xc_dom_kernel_mem",
                        "xc_dom_boot_xen_init",
                        "xc_dom_parse_image",
                        "xc_dom_mem_init",
                        "xc_dom_boot_mem_init",
                        "xc_domain_set_memory_map",
                        "xc_dom_build_image",
                        "xc_dom_boot_image",
                        "xc_dom_gnttab_init",
                        "xc_hvm_param_set(7, 2, 1)",
                        "xc_hvm_param_set(7, 18, 2)",
                        "xc_dom_release",
                        "xc_interface_close");
        assertThat(built).isEqualTo(new BuiltDomain(1, 0xfeffc, 2, 0xfefff));
    }

    @Test
    void tellsTheBuilderWhereAPvhGuestHasItsMemory() throws IOException {
        builder.build(new BuildOrder(pvh(64, 2), null));

        DomImageLayout at = ScriptedLibraries.LAYOUT.domImage();
        assertThat(script.image.getInt(at.containerType())).isEqualTo(1);
        assertThat(script.image.getLong(at.targetPages())).isEqualTo(64 * 256);
        assertThat(script.image.getLong(at.mmioStart())).isEqualTo(0xfc00_0000L);
        assertThat(script.image.getLong(at.mmioSize())).isEqualTo(0x0400_0000L);
        assertThat(script.image.getLong(at.lowmemEnd())).isEqualTo(64L << 20);
        assertThat(script.image.getLong(at.highmemEnd())).isZero();
        assertThat(script.image.getInt(at.claimEnabled())).isEqualTo(1);
        assertThat(script.e820)
                .containsExactly(
                        "0+4000000 1", "feff8000+8000 2", "fc002000+40 3", "fc000000+1000 3", "fc001000+1000 3");
        assertThat(script.acpi)
                .containsExactly("fc002000+40 RSD PTR ", "fc000000+1000 ........", "fc001000+1000 FACS@...");
    }

    @Test
    void putsWhatDoesNotFitBelow4GibAboveIt() throws IOException {
        script.freePages = 1 << 21;
        builder.build(new BuildOrder(pvh(5120, 1), null));

        DomImageLayout at = ScriptedLibraries.LAYOUT.domImage();
        assertThat(script.image.getLong(at.lowmemEnd())).isEqualTo(0xfc00_0000L);
        assertThat(script.image.getLong(at.highmemEnd())).isEqualTo((5120L << 20) + 0x0400_0000L);
        assertThat(script.e820).startsWith("0+fc000000 1").endsWith("100000000+44000000 1");
    }

    @Test
    void buildsAPcAroundItsFirmware() throws IOException {
        String loader = Files.write(directory.resolve("hvmloader"), KernelElf.of(DomainType.PVH))
                .toString();
        String firmware =
                Files.writeString(directory.resolve("bios"), "firmware").toString();

        BuiltDomain built = builder.build(new BuildOrder(
                new BuildRequest(DOMID, DomainType.HVM, 112, 3, loader, List.of(List.of(firmware)), null), null));

        assertThat(built).isEqualTo(new BuiltDomain(1, 0xfeffc, 2, 0xfefff));
        assertThat(script.calls)
                .containsSubsequence(
                        "xc_hvm_param_set(7, 11, 1)",
                        "xc_hvm_param_set(7, 16, 1)",
                        "xc_hvm_param_set(7, 10, 1)",
                        "xc_set_paging_mempool_size(7, 3670016)",
                        "xc_dom_kernel_mem",
                        "xc_domain_set_memory_map",
                        "xc_dom_gnttab_init",
                        "xc_hvm_param_set(7, 18, 2)",
                        "xenforeignmemory_map",
                        "xenforeignmemory_unmap",
                        "xenforeignmemory_close",
                        "xc_dom_release")
                .doesNotContain("xc_dom_module_mem");
        assertThat(script.e820).containsExactly("100000+6f00000 1");
        DomImageLayout at = ScriptedLibraries.LAYOUT.domImage();
        assertThat(script.image.getByte(at.deviceModel())).isEqualTo((byte) 1);
        assertThat(script.image.getLong(at.mmioStart())).isEqualTo(0xf000_0000L);
        assertThat(script.image.getLong(at.vgaHoleSize())).isEqualTo(0x20);
        assertThat(script.image.getInt(at.systemFirmware() + 8)).isEqualTo("firmware".length());
        assertThat(script.infoPage.getInt(0x810)).as("processors").isEqualTo(3);
        assertThat(script.infoPage.getByte(0x820)).as("those that are online").isEqualTo((byte) 7);
        int sum = 0;
        for (byte each : script.infoPage.getByteArray(0x800, 48)) {
            sum += each;
        }
        assertThat(sum & 0xff).as("checksum").isZero();
    }

    @Test
    void refusesToBuildWhatTheKernelIsNotMadeFor() throws IOException {
        Problem asPvh = failure(new BuildRequest(DOMID, DomainType.PVH, 64, 1, kernel(DomainType.PV), List.of(), null));
        assertThat(asPvh.field()).isEqualTo("type");
        assertThat(asPvh.detail()).startsWith("type: \"pvh\", but ").endsWith(" can be started as pv only");
        assertThat(script.calls).isEmpty();
        Problem asPv = failure(new BuildRequest(DOMID, DomainType.PV, 64, 1, kernel(DomainType.PVH), List.of(), null));
        assertThat(asPv.detail()).endsWith(" can be started as pvh only");
    }

    @Test
    void refusesAnElfThatIsNoKernelForXen() throws IOException {
        byte[] program = KernelElf.of(DomainType.PV);
        program[56] = 1;
        Files.write(Path.of(kernel), program);

        Problem problem = failure(request(64, List.of(), null));

        assertThat(problem.type()).isEqualTo(ProblemType.BAD_IMAGE);
        assertThat(problem.field()).isEqualTo("kernel");
        assertThat(script.calls).isEmpty();
    }

    private BuildRequest pvh(int memoryMib, int vcpus) throws IOException {
        return new BuildRequest(DOMID, DomainType.PVH, memoryMib, vcpus, kernel(DomainType.PVH), List.of(), null);
    }

    @Test
    void handsOverNoMoreModulesThanTheLibraryHasRoomFor() throws IOException {
        List<String> file =
                List.of(Files.writeString(directory.resolve("module"), "module").toString());

        builder.build(new BuildOrder(request(64, List.of(file, file), null), null));
        assertThat(script.calls.stream().filter("xc_dom_module_mem"::equals)).hasSize(2);
        assertThat(catchThrowableOfType(
                        IllegalArgumentException.class,
                        () -> builder.build(new BuildOrder(request(64, List.of(file, file, file), null), null))))
                .hasMessage("3 modules");
        assertThat(script.calls.stream().filter("xc_dom_module_mem"::equals)).hasSize(2);
    }

    private BuildRequest request(int memoryMib, List<List<String>> modules, String cmdline) {
        return new BuildRequest(DOMID, DomainType.PV, memoryMib, 2, kernel, modules, cmdline);
    }

    private Problem failure(BuildRequest request) {
        ProblemException failed =
                catchThrowableOfType(ProblemException.class, () -> builder.build(new BuildOrder(request, null)));
        assertThat(failed).isNotNull();
        return failed.problem();
    }

    private String kernel(DomainType type) throws IOException {
        return Files.write(directory.resolve("kernel"), KernelElf.of(type)).toString();
    }
}
