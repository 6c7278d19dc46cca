package dev.xcs.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.model.Compression;
import dev.xcs.model.ImageFormat;
import dev.xcs.model.ImageReport;
import dev.xcs.model.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeenImagesTest {
    @TempDir
    Path directory;

    private final SeenImages seen = new SeenImages();

    private String write(byte[] image) throws IOException {
        return Files.write(directory.resolve("kernel"), image).toString();
    }

    @Test
    void looksOnceAtTheHeadersAndOnceAtAllOfAFile() throws IOException {
        String path = write(Kernels.bzImage(ElfWriter.linux().write(), Compression.XZ));
        ImageReport headers = seen.glance("kernel", path);
        assertThat(headers.pv()).isNull();
        assertThat(seen.glance("kernel", path)).isSameAs(headers);
        ImageReport all = seen.inspect("kernel", path);
        assertThat(all.pv()).isTrue();
        assertThat(seen.inspect("kernel", path)).isSameAs(all);
        assertThat(seen.glance("kernel", path)).isSameAs(headers);
    }

    @Test
    void looksAgainAtAFileThatHasChanged() throws IOException {
        String path = write(Kernels.bzImage(ElfWriter.linux().write(), Compression.XZ));
        assertThat(seen.glance("kernel", path).format()).isEqualTo(ImageFormat.BZIMAGE);
        write(ElfWriter.linux().write());
        assertThat(seen.glance("kernel", path).format()).isEqualTo(ImageFormat.ELF);
        try (BootFile file = BootFile.open("kernel", path)) {
            assertThat(KernelImage.inspect(file, seen).format()).isEqualTo(KernelImage.Format.ELF);
        }
    }

    @Test
    void remembersNoRefusal() throws IOException {
        String path = write(new byte[4096]);
        assertThatThrownBy(() -> seen.glance("kernel", path)).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> seen.glance("kernel", path)).isInstanceOf(ProblemException.class);
        write(ElfWriter.linux().write());
        assertThat(seen.glance("kernel", path).format()).isEqualTo(ImageFormat.ELF);
    }
}
