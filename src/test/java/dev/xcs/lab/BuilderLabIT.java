package dev.xcs.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Builder processes on real Xen, and the kernels that are kept unpacked. */
@EnabledIfEnvironmentVariable(
        named = Lab.VARIABLE,
        matches = ".+",
        disabledReason = "no lab: run scripts/lab up and set XCS_LAB to the project root")
class BuilderLabIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    /** Large enough to be caught while its memory is populated. */
    private static final int LARGE_MIB = 3000;

    private static final int ATTEMPTS = 5;

    private ApiClient api;

    @BeforeEach
    void connect() throws Exception {
        api = Lab.api();
    }

    @AfterEach
    void leavesNothing() throws Exception {
        for (JsonNode domain : api.get("/v1/domains").body()) {
            if (domain.path("domid").asInt() != 0) {
                api.delete("/v1/domains/" + domain.path("uuid").asText());
            }
        }
        Await.until("only dom0 is left", SOON, () -> xlList() == 1);
    }

    private static long xlList() throws Exception {
        return Lab.exec("xl", "list").expectOk().lines().skip(1).count();
    }

    private static String inDom0(String script) throws Exception {
        return Lab.exec("bash", "-c", script).output().strip();
    }

    private static String daemon() throws Exception {
        return inDom0("pgrep -f 'java.*xcsd.jar' | while read -r p; do"
                + " grep -q BuilderMain /proc/$p/cmdline || echo $p; done");
    }

    /** Kills the builders with SIGKILL as soon as the guest has some of its memory. */
    private static String killWhilePopulating() throws Exception {
        return inDom0(
                "for ((i = 0; i < 300; i++)); do mib=$(xl list large 2> /dev/null | tail -n 1 | tr -s ' ' | cut -d' ' -f3);"
                        + " [[ $mib =~ ^[0-9]+$ ]] && ((mib > 20)) && break; done;"
                        + " kill -9 $(pgrep -f BuilderMain); echo at $mib MiB");
    }

    @Test
    void aKilledBuilderIsOneFailedCreationWithNothingLeft() throws Exception {
        String daemon = daemon();
        Map<String, Object> large = new HashMap<>(Lab.linux("large"));
        large.put("memoryMib", LARGE_MIB);
        large.put("paused", true);
        JsonNode problem = killed(large);

        assertThat(problem.path("type").asText()).isEqualTo("urn:xcs:problem:hypervisor");
        assertThat(problem.path("step").asText()).isEqualTo("build");
        assertThat(problem.path("detail").asText())
                .matches("building domain \\d+ failed: the builder process \\(pid \\d+\\) ended by signal 9");
        assertThat(problem.path("retryable").asBoolean()).isTrue();
        Await.until("the half-built domain is gone", SOON, () -> xlList() == 1);
        assertThat(api.get("/v1/domains").body().size()).isEqualTo(1);
        assertThat(inDom0("xenstore-list /local/domain")).isEqualTo("0");

        String uuid = api.create(Lab.grub("next"));
        assertThat(api.get("/v1/domains/" + uuid).body().path("state").asText()).isEqualTo("running");
        assertThat(daemon()).as("the daemon has never died").isEqualTo(daemon);
    }

    /** The problem of a creation whose builder was killed in its middle; an emulator may be too quick or too slow for it. */
    private JsonNode killed(Map<String, Object> spec) throws Exception {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            CompletableFuture<ApiClient.Answer> creating =
                    CompletableFuture.supplyAsync(() -> api.post("/v1/domains", spec));
            killWhilePopulating();
            ApiClient.Answer answer = creating.get(3, TimeUnit.MINUTES);
            if (answer.status() == 500) {
                return answer.body();
            }
            leavesNothing();
        }
        throw new AssertionError("never killed in the middle of a build");
    }

    @Test
    void unpacksAKernelOnceAndShowsForgetsAndMendsIt() throws Exception {
        assertThat(api.delete("/v1/kernel-cache").status()).isEqualTo(204);
        JsonNode before = api.get("/v1/kernel-cache").body();
        assertThat(before.path("kernels").size()).isZero();
        Map<String, Object> spec = new HashMap<>(Lab.linux("one"));
        spec.put("paused", true);
        api.create(spec);
        spec.put("name", "two");
        api.create(spec);

        JsonNode cache = api.get("/v1/kernel-cache").body();
        JsonNode kernel = cache.path("kernels").path(0);
        assertThat(cache.path("kernels").size()).isEqualTo(1);
        assertThat(kernel.path("source").asText()).isEqualTo("/opt/lab/vmlinuz");
        assertThat(kernel.path("bytes").asLong()).isEqualTo(cache.path("bytes").asLong());
        assertThat(cache.path("misses").asLong())
                .isEqualTo(before.path("misses").asLong() + 1);
        assertThat(cache.path("hits").asLong()).isEqualTo(before.path("hits").asLong() + 1);

        inDom0("printf x | dd of=/var/lib/xcs/kernels/" + kernel.path("key").asText()
                + ".elf bs=1 seek=1000000 conv=notrunc");
        spec.put("name", "three");
        api.create(spec);
        assertThat(api.get("/v1/kernel-cache").body().path("damaged").asLong())
                .isEqualTo(cache.path("damaged").asLong() + 1);
        assertThat(api.delete("/v1/kernel-cache/" + kernel.path("key").asText()).status())
                .isEqualTo(204);
        assertThat(api.delete("/v1/kernel-cache/" + kernel.path("key").asText()).status())
                .isEqualTo(404);
    }
}
