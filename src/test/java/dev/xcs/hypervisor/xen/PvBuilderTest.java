package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PvBuilderTest {
    private static final int DOMID = 7;

    @TempDir
    Path directory;

    private final ScriptedLibraries script = new ScriptedLibraries();
    private PvBuilder builder;
    private String kernel;

    @BeforeEach
    void aKernel() throws IOException {
        XenLibraries libraries = script.libraries();
        builder = new PvBuilder(
                libraries,
                ScriptedLibraries.VERSION,
                ScriptedLibraries.LAYOUT,
                new KernelLoader(libraries.libc(), null));
        kernel = Files.write(directory.resolve("kernel"), elf()).toString();
    }

    @Test
    void buildsInTheOrderOfLibxl() throws IOException {
        String ramdisk =
                Files.writeString(directory.resolve("ramdisk"), "ramdisk").toString();

        BuiltDomain built = builder.build(request(64, ramdisk, "console=hvc0"));

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

        Problem problem = failure(request(64, null, null));

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

        Problem problem = failure(request(64, null, null));

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

        assertThat(failure(request(64, null, null)).detail())
                .isEqualTo("xc_cpuid_apply_policy(7) failed with EINVAL (22): Invalid argument");
    }

    @Test
    void refusesMoreMemoryThanIsFreeBeforeItTouchesTheDomain() {
        script.freePages = 64 * 256;

        Problem problem = failure(request(64, null, null));

        assertThat(problem.type()).isEqualTo(ProblemType.OUT_OF_MEMORY);
        assertThat(problem.detail()).contains("64 MiB needs 67584 KiB").contains("65536 KiB");
        assertThat(script.calls).containsExactly("xc_interface_open", "xc_physinfo", "xc_interface_close");
    }

    @Test
    void doesNotTrustALayoutThatDoesNotFit() {
        script.failing = "xc_dom_mem_init";
        script.failure = 0;

        Problem problem = failure(request(64, null, null));

        assertThat(problem.detail()).contains("xc_dom_image.total_pages holds 0");
        assertThat(script.calls).endsWith("xc_dom_release", "xc_interface_close");
    }

    @Test
    void opensNothingForAKernelThatIsNone() throws IOException {
        Files.writeString(Path.of(kernel), "#!/bin/sh");

        assertThat(failure(request(64, null, null)).type()).isEqualTo(ProblemType.BAD_IMAGE);
        assertThat(script.calls).isEmpty();
    }

    @Test
    void refusesACommandLineThatXenWouldCut() {
        assertThat(failure(request(64, null, "x".repeat(1024))).field()).isEqualTo("cmdline");
        assertThat(failure(request(64, null, "quiet\0")).field()).isEqualTo("cmdline");
        builder.build(request(64, null, "x".repeat(1023)));
    }

    private BuildRequest request(int memoryMib, String ramdisk, String cmdline) {
        return new BuildRequest(DOMID, DomainType.PV, memoryMib, 2, kernel, ramdisk, cmdline);
    }

    private Problem failure(BuildRequest request) {
        ProblemException failed = catchThrowableOfType(ProblemException.class, () -> builder.build(request));
        assertThat(failed).isNotNull();
        return failed.problem();
    }

    private static byte[] elf() {
        ByteBuffer elf = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1);
        elf.putShort(16, (short) 2).putShort(18, (short) 62);
        elf.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 1);
        elf.putInt(64, 1).putLong(64 + 32, 512).putLong(64 + 40, 512);
        return elf.array();
    }
}
