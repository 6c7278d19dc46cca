package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.KernelElf;
import dev.xcs.model.DomainType;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which type a guest has, and that it lives alike as either. */
class TypesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private static Map<String, Object> guest(String name, String kernel) {
        return Map.of("name", name, "memoryMib", 64, "vcpus", 2, "kernel", kernel);
    }

    private static Map<String, Object> guest(String name, String kernel, String type) {
        Map<String, Object> typed = new HashMap<>(guest(name, kernel));
        typed.put("type", type);
        return typed;
    }

    private static JsonNode show(ApiClient api, String uuid) {
        return api.get("/v1/domains/" + uuid).body();
    }

    private static String type(ApiClient api, String uuid) {
        return show(api, uuid).path("type").asText();
    }

    private static String request(ApiClient api, String uuid, String subtype, Map<String, Object> payload) {
        return api.post("/v1/requests", Map.of("domain", uuid, "subtype", subtype, "payload", payload))
                .body()
                .path("outcome")
                .asText();
    }

    @Test
    void takesPvhWhereNobodySaysOtherwise() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            assertThat(api.get("/v1/host").body().path("hap").asBoolean()).isTrue();
            String open = api.create(guest("open", "sim:linux"));
            assertThat(type(api, open)).isEqualTo("pvh");
            assertThat(type(api, api.create(guest("pv", "sim:linux", "pv")))).isEqualTo("pv");

            int domid = show(api, open).path("domid").asInt();
            assertThat(daemon.host().store().read(0, "/libxl/" + domid + "/type"))
                    .hasValue("pvh");
            assertThat(api.state(open, "rebooted").status()).isEqualTo(200);
            Await.until("a new boot", SOON, () -> show(api, open).path("domid").asInt(domid) > domid);
            assertThat(type(api, open)).isEqualTo("pvh");
        }
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            assertThat(daemon.api().get("/v1/domains").body().size())
                    .as("dom0 alone is left")
                    .isPositive();
        }
    }

    @Test
    void takesWhatTheKernelIsMadeForAndRefusesTheRest() throws Exception {
        String forPv =
                Files.write(dir.resolve("pv"), KernelElf.of(DomainType.PV)).toString();
        String forPvh =
                Files.write(dir.resolve("pvh"), KernelElf.of(DomainType.PVH)).toString();
        try (RunningDaemon daemon = RunningDaemon.start(dir.resolve("state"))) {
            ApiClient api = daemon.api();
            assertThat(type(api, api.create(guest("a", forPv)))).isEqualTo("pv");
            assertThat(type(api, api.create(guest("b", forPvh)))).isEqualTo("pvh");
            for (Map<String, Object> wrong : List.of(guest("c", forPv, "pvh"), guest("c", forPvh, "pv"))) {
                ApiClient.Answer refused = api.post("/v1/domains", wrong);
                assertThat(refused.status()).isEqualTo(422);
                assertThat(refused.body().path("field").asText()).isEqualTo("type");
                assertThat(refused.body().path("step").asText()).isEqualTo("image");
            }
            ApiClient.Answer missing =
                    api.post("/v1/domains", guest("d", dir.resolve("none").toString()));
            assertThat(missing.status()).isEqualTo(422);
            assertThat(missing.body().path("field").asText()).isEqualTo("kernel");
            assertThat(api.get("/v1/domains").body().size()).isEqualTo(3);
        }
    }

    @Test
    void balloonsAndPlugsProcessorsOfAPvhGuest() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            String uuid = api.create(guest("web", "sim:linux", "pvh"));
            Await.until(
                    "both processors", SOON, () -> show(api, uuid).path("vcpus").asInt() == 2);
            assertThat(request(api, uuid, "MEM_REQUEST.SET", Map.of("kind", "memory", "targetKib", 49_152)))
                    .isEqualTo("done");
            Await.until(
                    "less memory", SOON, () -> show(api, uuid).path("memoryMib").asInt() == 48);
            assertThat(request(api, uuid, "VCPU_HOTPLUG.OFF", Map.of("kind", "vcpu", "vcpu", 1)))
                    .isEqualTo("done");
            Await.until(
                    "one processor", SOON, () -> show(api, uuid).path("vcpus").asInt() == 1);
        }
    }

    @Test
    void tellsTheEndsOfAPvhGuestApart() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            Map<String, Object> spec = new HashMap<>(guest("web", "sim:linux", "pvh"));
            spec.put("onCrash", "preserve");
            String uuid = api.create(spec);
            try (ConsoleViewer console = api.console(uuid)) {
                console.awaitText("# ", SOON);
                console.type("crash\n");
                Await.until(
                        "it has crashed",
                        SOON,
                        () -> show(api, uuid).path("state").asText().equals("crashed"));
            }
            assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
        }
    }
}
