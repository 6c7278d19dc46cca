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
    /** Populated in several hypercalls, between which the builder can be held. */
    private static final int LARGE_MIB = 3000;

    private ApiClient api;

    @BeforeEach
    void connect() throws Exception {
        api = Lab.api();
    }

    @AfterEach
    void leavesNothing() throws Exception {
        Lab.removeGuests();
    }

    private static String inDom0(String script) throws Exception {
        return Lab.exec("bash", "-c", script).output().strip();
    }

    private static String daemon() throws Exception {
        return inDom0("pgrep -f 'java.*xcsd.jar' | while read -r p; do"
                + " grep -q BuilderMain /proc/$p/cmdline || echo $p; done");
    }

    /** What a domain leaves where: event channels, memory, nodes, a definition. */
    private static final String TRACES =
            "/usr/lib/xen-*/bin/lsevtchn 0 | sed 's/VCPU [0-9]*//'; xl info free_memory; xenstore-list /local/domain;"
                    + " xenstore-list /local/domain/0; xenstore-ls /vm; xenstore-ls /libxl; ls /var/lib/xcs/domains";

    private static String builder() throws Exception {
        return inDom0("pgrep -f '[B]uilderMain'");
    }

    /**
     * Lets the builder, which is held before it has been asked for anything, go on a little at a time until the guest has some of its memory,
     * and kills it there: held again, it cannot have come any further. Prints how many of the guest's pages there were.
     */
    private static final String KILL_WHILE_POPULATING = """
            waiting() { perl -e '
                open(F, "<", "/proc/$ARGV[0]/fd/0") && ioctl(F, 0x541b, $n = pack("i", 0)) || die $!;
                exit !unpack("i", $n)' "$1"; }
            pages() {
                xl debug-keys q
                xl dmesg -c | sed -n "/General information for domain $1:/,/nr_pages/s/.* nr_pages=\\([0-9]*\\).*/\\1/p"
            }
            builder=$1
            trap 'kill -KILL "$builder"' EXIT
            until waiting "$builder"; do sleep 0.1; done
            domid=$(xl list | awk 'NR > 2 {print $2}')
            [[ $(pages "$domid") == 0 ]] || { echo "the build has begun already"; exit 1; }
            for ((i = 0; i < 1000; i++)); do
                kill -CONT "$builder"
                sleep 0.02
                kill -STOP "$builder"
                now=$(pages "$domid")
                ((now == 0)) || break
            done
            echo "$now"
            """;

    @Test
    void aKilledBuilderIsOneFailedCreationWithNothingLeft() throws Exception {
        String daemon = daemon();
        // What unpacks the kernel, and leaves the build alone for what is killed.
        api.delete("/v1/domains/" + api.create(Lab.linux("small")));
        Await.until("it is gone", SOON, () -> Lab.guests() == 0);
        String before = inDom0(TRACES);
        Map<String, Object> large = new HashMap<>(Lab.linux("large"));
        large.put("memoryMib", LARGE_MIB);
        String builder = builder();
        assertThat(builder).as("one builder").matches("\\d+");
        Lab.exec("kill", "-STOP", builder).expectOk();
        CompletableFuture<ApiClient.Answer> creating =
                CompletableFuture.supplyAsync(() -> api.post("/v1/domains", large));
        String populated = Lab.exec("bash", "-c", KILL_WHILE_POPULATING, "kill", builder)
                .expectOk()
                .strip();

        ApiClient.Answer answer = creating.get(3, TimeUnit.MINUTES);
        assertThat(Integer.parseInt(populated)).as("pages").isBetween(1, LARGE_MIB * 256);
        assertThat(answer.status()).isEqualTo(500);
        JsonNode problem = answer.body();
        assertThat(problem.path("type").asText()).isEqualTo("urn:xcs:problem:hypervisor");
        assertThat(problem.path("step").asText()).isEqualTo("build");
        assertThat(problem.path("detail").asText())
                .matches(
                        "building domain \\d+ failed: the builder process \\(pid " + builder + "\\) ended by signal 9");
        assertThat(problem.path("cause").asText()).doesNotContain("incomplete");
        assertThat(problem.path("retryable").asBoolean()).isTrue();
        assertThat(Lab.guests()).as("guests in Xen").isZero();
        assertThat(api.get("/v1/domains").body().size()).isEqualTo(1);
        assertThat(inDom0(TRACES)).as("what is in Xen, in xenstore and on disk").isEqualTo(before);

        String uuid = api.create(Lab.grub("next"));
        assertThat(api.get("/v1/domains/" + uuid).body().path("state").asText()).isEqualTo("running");
        assertThat(builder()).isNotEqualTo(builder);
        assertThat(daemon()).as("the daemon has never died").isEqualTo(daemon);
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
