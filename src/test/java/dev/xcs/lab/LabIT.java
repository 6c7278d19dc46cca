package dev.xcs.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The packaged daemon in dom0 of real Xen, as its users meet it; scripts/lab up has to have run. */
@EnabledIfEnvironmentVariable(
        named = Lab.VARIABLE,
        matches = ".+",
        disabledReason = "no lab: run scripts/lab up and set XCS_LAB to the project root")
class LabIT {
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final Duration BOOT = Duration.ofSeconds(120);

    private ApiClient api;

    @BeforeEach
    void connect() throws Exception {
        api = Lab.api();
    }

    @AfterEach
    void leavesNothingInXen() throws Exception {
        Lab.removeGuests();
    }

    @Test
    void seesAGuestThatXlMadeAndItsEndWithinASecond() throws Exception {
        Lab.exec("xl", "create", "-q", "/opt/lab/grub.cfg.xl").expectOk();
        Await.until("the guest is listed", A_SECOND, () -> foreign() != null);
        assertThat(foreign().path("managed").asBoolean()).isFalse();
        String name = foreign().path("name").asText();
        Lab.exec("xl", "destroy", name).expectOk();
        Await.until("the guest is gone", A_SECOND, () -> foreign() == null);
    }

    @Test
    void destroysAGuestThatXlMade() throws Exception {
        Lab.exec("xl", "create", "-q", "/opt/lab/grub.cfg.xl").expectOk();
        Await.until("the guest is listed", A_SECOND, () -> foreign() != null);
        assertThat(api.delete("/v1/domains/" + foreign().path("uuid").asText()).status())
                .isEqualTo(204);
        assertThat(xlList()).hasSize(1);
    }

    @Test
    void noticesThatXlDestroyedItsGuest() throws Exception {
        String uuid = api.create(Lab.grub("victim"));
        assertThat(xlList()).anyMatch(line -> line.startsWith("victim "));
        Lab.exec("xl", "destroy", "victim").expectOk();
        Await.until(
                "it is gone",
                Duration.ofSeconds(10),
                () -> api.get("/v1/domains/" + uuid).status() == 404);
        Await.until("its zombie is gone", Duration.ofSeconds(10), () -> xlList().size() == 1);
        assertNothingLeft(uuid);
    }

    @Test
    void preservesACrashedGuestAndRestartsARebootedOne() throws Exception {
        Map<String, Object> spec = new HashMap<>(Lab.linux("ends"));
        spec.put("onCrash", "preserve");
        String uuid = api.create(spec);
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("GUEST-UP", BOOT);
            int domid = domid(uuid);
            console.type("reboot -f\n");
            Await.until("a new domid", BOOT, () -> domid(uuid) > 0 && domid(uuid) != domid);
            Await.until("a second boot", BOOT, () -> console.shown().split("GUEST-UP", -1).length > 2);
            console.type("echo c > /proc/sysrq-trigger\n");
            Await.until("crashed", Duration.ofSeconds(20), () -> state(uuid).equals("crashed"));
        }
    }

    @Test
    void aGuestThatPowersOffIsGoneAndLeavesNothing() throws Exception {
        String uuid = api.create(Lab.linux("off"));
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("GUEST-UP", BOOT);
            assertThat(api.state(uuid, "shutdown").status()).isEqualTo(200);
            Await.until(
                    "gone",
                    Duration.ofSeconds(30),
                    () -> api.get("/v1/domains/" + uuid).status() == 404);
            assertNothingLeft(uuid);
        }
    }

    @Test
    void losesNotAByteOfTheConsoleWhenTheDaemonIsKilled() throws Exception {
        String uuid = api.create(Lab.linux("counts"));
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("GUEST-UP", BOOT);
            console.type("stty -echo; i=0; while :; do i=$((i+1)); echo TICK $i .; usleep 50000; done\n");
            console.awaitText("TICK 20 .", BOOT);
            List<Integer> before = ticks(console.shown());
            Lab.lab("daemon", "kill9").expectOk();
            Lab.lab("daemon", "start").expectOk();
            int last = before.get(before.size() - 1);
            try (ConsoleViewer again = Lab.api().console(uuid)) {
                again.awaitText("TICK " + (last + 100) + " .", BOOT);
                List<Integer> after = ticks(again.shown());
                // What the killed daemon had taken and not yet shown may be missing from the new one's history, never
                // from the ring.
                assertThat(after.get(0))
                        .isLessThanOrEqualTo(ticks(console.shown())
                                        .get(ticks(console.shown()).size() - 1)
                                + 1);
                assertThat(after)
                        .isEqualTo(IntStream.rangeClosed(after.get(0), after.get(after.size() - 1))
                                .boxed()
                                .toList());
            }
        }
    }

    @Test
    void refusesKernelsThatAreNoneAndLeavesNothing() throws Exception {
        Lab.exec(
                        "sh",
                        "-c",
                        "cd /tmp; : >empty; head -c 100000 /opt/lab/vmlinuz >cut; head -c 300000 /dev/urandom >noise; mkdir -p dir")
                .expectOk();
        for (String kernel : List.of("/nope", "/tmp/empty", "/tmp/cut", "/tmp/noise", "/tmp/dir", "/etc/passwd")) {
            ApiClient.Answer answer =
                    api.post("/v1/domains", Map.of("name", "bad", "memoryMib", 64, "vcpus", 1, "kernel", kernel));
            assertThat(answer.status()).as(kernel).isIn(400, 404, 422);
            assertThat(answer.body().path("detail").asText()).as(kernel).contains(kernel);
            assertThat(answer.body().path("field").asText()).as(kernel).isEqualTo("kernel");
        }
        Map<String, Object> huge = new HashMap<>(Lab.grub("huge"));
        huge.put("memoryMib", 4096 * 1024);
        assertThat(api.post("/v1/domains", huge).status()).isIn(422, 507);
        huge.put("memoryMib", 16 * 1024);
        assertThat(api.post("/v1/domains", huge).status()).isEqualTo(507);
        assertThat(xlList()).hasSize(1);
    }

    @Test
    void twoHundredCyclesLeaveNothing() throws Exception {
        cycles(20);
        long filesBefore = openFiles();
        double heapBefore = leastHeap(20);
        cycles(180);
        assertThat(openFiles()).isLessThanOrEqualTo(filesBefore + 2);
        assertThat(leastHeap(20)).isLessThan(heapBefore + 8 * 1024 * 1024);
        assertThat(xlList()).hasSize(1);
        assertThat(nodes("/local/domain")).isEqualTo("0");
        assertThat(nodes("/vm")).doesNotContain("-4");
        assertThat(Lab.exec("sh", "-c", "/usr/lib/xen-4.17/bin/lsevtchn 0 | grep -c 'Waiting connection' || true")
                        .expectOk())
                .contains("0");
    }

    private void cycles(int count) {
        for (int i = 0; i < count; i++) {
            String uuid = api.create(Lab.grub("cycle"));
            assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
        }
    }

    private double leastHeap(int cycles) throws Exception {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < cycles; i++) {
            cycles(1);
            least = Math.min(least, metric("jvm_memory_used_bytes\\{area=\"heap\"[^}]*\\}"));
        }
        return least;
    }

    private static long openFiles() throws Exception {
        String counted = Lab.exec("sh", "-c", "ls /proc/$(pgrep -f xcsd.jar | head -1)/fd | wc -l")
                .expectOk();
        return Long.parseLong(counted.strip());
    }

    /** The sum of a metric's series. */
    private static double metric(String pattern) throws Exception {
        String text = Lab.exec("curl", "-s", "http://127.0.0.1:8081/metrics").expectOk();
        Matcher matcher = Pattern.compile("(?m)^" + pattern + " (\\S+)$").matcher(text);
        double sum = 0;
        while (matcher.find()) {
            sum += Double.parseDouble(matcher.group(1));
        }
        return sum;
    }

    private JsonNode foreign() {
        for (JsonNode domain : api.get("/v1/domains").body()) {
            if (domain.path("domid").asInt() != 0 && !domain.path("managed").asBoolean()) {
                return domain;
            }
        }
        return null;
    }

    private int domid(String uuid) {
        return api.get("/v1/domains/" + uuid).body().path("domid").asInt(-1);
    }

    private String state(String uuid) {
        return api.get("/v1/domains/" + uuid).body().path("state").asText();
    }

    private static List<String> xlList() throws Exception {
        return Lab.exec("xl", "list").expectOk().lines().skip(1).toList();
    }

    private static String nodes(String path) throws Exception {
        return Lab.exec("xenstore-list", path).output().strip();
    }

    private static void assertNothingLeft(String uuid) throws Exception {
        assertThat(Lab.exec("sh", "-c", "xenstore-ls -f | grep " + uuid + " || true")
                        .expectOk())
                .isBlank();
    }

    private static List<Integer> ticks(String shown) {
        Matcher matcher = Pattern.compile("TICK (\\d+) \\.").matcher(shown);
        return matcher.results().map(found -> Integer.parseInt(found.group(1))).toList();
    }
}
