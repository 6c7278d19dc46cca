package dev.xcs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.image.ElfWriter;
import dev.xcs.image.Kernels;
import dev.xcs.model.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without any daemon. */
class InspectVerbTest {
    @TempDir
    Path dir;

    private final Shell shell = Shell.with(Map.of());

    @Test
    void showsWhatAKernelSays() throws IOException {
        Path kernel = kernel(ElfWriter.linux().text(7, "\u001b[2J").write());
        Shell.Result result = shell.run("inspect", kernel.toString());

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("format:       elf\n")
                .contains("compression:  none\n")
                .contains("guestOs:      linux\n")
                .contains("pvh:          true\n")
                .contains("features:     !writable_page_tables pae_pgdir_above_4gb dom0 linux_rsdp_unrestricted\n")
                .contains("notes:\n  GUEST_OS: linux\n")
                .contains("  PHYS32_ENTRY: 0x1000850\n")
                .doesNotContain("\u001b");
    }

    @Test
    void printsJson() throws IOException {
        Path kernel = kernel(Kernels.pack(ElfWriter.linux().write(), Compression.ZSTD));
        Shell.Result result = shell.run("--json", "inspect", kernel.toString());

        assertThat(result.code()).isZero();
        assertThat(result.json().path("compression").asText()).isEqualTo("zstd");
        assertThat(result.json().path("notes").path("LOADER").asText()).isEqualTo("generic");
        assertThat(result.json().has("incomplete")).isFalse();
    }

    @Test
    void saysWhatIsBrokenAndWhere() throws IOException {
        byte[] big = ElfWriter.linux().write();
        big[5] = 2;
        Path kernel = kernel(big);
        Shell.Result result = shell.run("inspect", kernel.toString());

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .isEqualTo("xcs: file: \"" + kernel
                        + "\" is broken at offset 0x5: a big-endian ELF, expected a little-endian one\n");
        assertThat(shell.run("inspect", dir.resolve("absent").toString()).err()).contains("does not exist");
        assertThat(shell.run("inspect").code()).isEqualTo(2);
    }

    private Path kernel(byte[] content) throws IOException {
        return Files.write(dir.resolve("kernel"), content);
    }
}
