package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.image.ElfWriter;
import dev.xcs.image.Kernels;
import dev.xcs.model.Compression;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.ConsoleViewer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernel images by the API, and what they decide about guests. */
class ImagesTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void areToldRefusedAndDecideAboutGuests() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir.resolve("state"))) {
            ApiClient api = daemon.api();
            tellsFiles(api);
            refusesWhatIsNone(api);
            tellsSimulatedKernels(api);
            takesTheGuestsSystemFromTheKernel(api);
        }
    }

    private void tellsFiles(ApiClient api) throws IOException {
        Path kernel = file("kernel of mine.xz", Kernels.pack(ElfWriter.linux().write(), Compression.XZ));
        JsonNode told = api.get(images(kernel.toString())).body();

        assertThat(told.path("format").asText()).isEqualTo("elf");
        assertThat(told.path("compression").asText()).isEqualTo("xz");
        assertThat(told.path("guestOs").asText()).isEqualTo("linux");
        assertThat(told.path("pv").asBoolean()).isTrue();
        assertThat(told.path("pvh").asBoolean()).isTrue();
        assertThat(told.path("notes").path("ENTRY").asText()).isEqualTo("0xffffffff82fbd1a0");
        assertThat(told.path("simulated").asBoolean()).isFalse();
    }

    private void refusesWhatIsNone(ApiClient api) throws IOException {
        Path cut = file("cut", Arrays.copyOf(ElfWriter.linux().write(), 1000));
        ApiClient.Answer broken = api.get(images(cut.toString()));

        assertThat(broken.status()).isEqualTo(422);
        assertThat(broken.body().path("type").asText()).isEqualTo("urn:xcs:problem:bad-image");
        assertThat(broken.body().path("field").asText()).isEqualTo("path");
        assertThat(broken.body().path("detail").asText()).contains("is broken at offset 0x0: the segment 0");
        assertThat(api.get("/v1/images").status()).isEqualTo(400);
        assertThat(api.get(images("relative")).status()).isEqualTo(400);

        ApiClient.Answer refused = api.post("/v1/domains", guest("broken", cut.toString()));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body().path("step").asText()).isEqualTo("image");
        assertThat(refused.body().path("field").asText()).isEqualTo("kernel");
    }

    private static void tellsSimulatedKernels(ApiClient api) {
        JsonNode told = api.get(images("sim:netbsd")).body();

        assertThat(told.path("format").asText()).isEqualTo("simulated");
        assertThat(told.path("simulated").asBoolean()).isTrue();
        assertThat(told.path("guestOs").asText()).isEqualTo("netbsd");
        assertThat(api.get(images("sim:beos")).status()).isEqualTo(422);
    }

    private void takesTheGuestsSystemFromTheKernel(ApiClient api) throws Exception {
        Map<String, Object> bsd = new HashMap<>(guest("bsd", "sim:netbsd"));
        Path disk = file("disk", new byte[1 << 20]);
        bsd.put("disks", List.of(Map.of("target", disk.toString(), "vdev", "wd0d")));
        String uuid = api.create(bsd);
        assertThat(api.get("/v1/domains/" + uuid + "/disks")
                        .body()
                        .path(0)
                        .path("virtualDevice")
                        .asInt())
                .isEqualTo(768);

        String linux = api.create(guest("linux", "sim:linux"));
        try (ConsoleViewer viewer = api.console(linux)) {
            assertThat(viewer.awaitText("Kernel command line: console=hvc0", SOON))
                    .isNotEmpty();
        }
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(dir.resolve(name), content);
    }

    private static Map<String, Object> guest(String name, String kernel) {
        return Map.of("name", name, "memoryMib", 32, "vcpus", 1, "kernel", kernel);
    }

    private static String images(String path) {
        return "/v1/images?path=" + URLEncoder.encode(path, StandardCharsets.UTF_8);
    }
}
