package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.KernelElf;
import dev.xcs.model.DomainType;
import dev.xcs.testing.ApiClient;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernels that are kept unpacked, over HTTP. */
class KernelCacheApiTest {
    @TempDir
    Path dir;

    private static Map<String, Object> guest(String name, Path kernel) {
        return Map.of("name", name, "memoryMib", 32, "vcpus", 1, "kernel", kernel.toString());
    }

    private Path compressed(String name) throws IOException {
        Path kernel = dir.resolve(name);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(kernel))) {
            out.write(KernelElf.of(DomainType.PV));
        }
        return kernel;
    }

    @Test
    void showsCountsAndForgetsKernels() throws Exception {
        Path one = compressed("one");
        Path two = compressed("two");
        try (RunningDaemon daemon = RunningDaemon.start(dir.resolve("state"))) {
            ApiClient api = daemon.api();
            assertThat(api.get("/v1/kernel-cache").body().path("kernels").size())
                    .isZero();
            api.create(guest("a", one));
            api.create(guest("b", two));
            api.create(guest("c", one));

            JsonNode cache = api.get("/v1/kernel-cache").body();
            assertThat(cache.path("misses").asInt()).isEqualTo(2);
            assertThat(cache.path("hits").asInt()).isEqualTo(1);
            assertThat(cache.path("kernels").findValuesAsText("source"))
                    .containsExactly(one.toString(), two.toString());
            assertThat(cache.path("bytes").asLong()).isEqualTo(Files.size(one) + Files.size(two));
            assertThat(daemon.metrics())
                    .contains("xcs_kernel_cache_hits_total 1.0")
                    .contains("xcs_kernel_cache_misses_total 2.0")
                    .contains("xcs_kernel_cache_damaged_total 0.0")
                    .contains("xcs_kernel_cache_bytes "
                            + (double) cache.path("bytes").asLong());

            String key = cache.path("kernels").path(1).path("key").asText();
            assertThat(api.delete("/v1/kernel-cache/" + key).status()).isEqualTo(204);
            assertThat(api.delete("/v1/kernel-cache/" + key).status()).isEqualTo(404);
            ApiClient.Answer nonsense = api.delete("/v1/kernel-cache/..%2f..%2fetc");
            assertThat(nonsense.status()).isEqualTo(400);
            assertThat(nonsense.body().path("field").asText()).isEqualTo("key");
            assertThat(api.delete("/v1/kernel-cache").status()).isEqualTo(204);
            assertThat(api.get("/v1/kernel-cache").body().path("kernels").size())
                    .isZero();
        }
    }
}
