package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import org.junit.jupiter.api.Test;

/** The codes and texts are those that libxenguest 4.17 gave on real Xen. */
class BuildErrorTest {
    @Test
    void tellsAHostWithoutMemoryFromAGuestThatIsTooSmall() {
        Problem host = new BuildError(4, "xc_dom_boot_mem_init: can't allocate low memory for domain")
                .toProblem("xc_dom_boot_mem_init", "7, 8192 MiB");
        Problem guest = new BuildError(4, "segment padding too large").toProblem("xc_dom_build_image", "7, 8 MiB");

        assertThat(host.type()).isEqualTo(ProblemType.OUT_OF_MEMORY);
        assertThat(host.retryable()).isTrue();
        assertThat(guest.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(guest.field()).isEqualTo("memoryMib");
        assertThat(guest.retryable()).isFalse();
    }

    @Test
    void blamesTheKernelForWhatParsingRefuses() {
        Problem problem = new BuildError(2, "xc_dom_find_loader: no loader found")
                .toProblem("xc_dom_parse_image", "/boot/vmlinuz");

        assertThat(problem.type()).isEqualTo(ProblemType.BAD_IMAGE);
        assertThat(problem.field()).isEqualTo("kernel");
        assertThat(problem.detail())
                .isEqualTo("xc_dom_parse_image(/boot/vmlinuz) failed: xc_dom_find_loader: no loader found");
    }

    @Test
    void passesOnWhatItDoesNotKnow() {
        Problem problem = new BuildError(1, "internal").toProblem("xc_dom_boot_image", "7");

        assertThat(problem.type()).isEqualTo(ProblemType.HYPERVISOR);
        assertThat(problem.field()).isNull();
    }

    @Test
    void saysSoWhenTheLibraryGivesNoReason() {
        assertThat(new BuildError(0, "").toProblem("xc_dom_gnttab_init", "7").detail())
                .endsWith("libxenguest gave no reason");
    }
}
