package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.sim.ForeignDomain;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.hypervisor.sim.SimTerminals;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The consoles of domains that xl made, through the terminals on which xenconsoled shows them. */
class ForeignConsoleTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private SimHost host;
    private RunningDaemon daemon;
    private ApiClient api;

    @BeforeEach
    void switchOn() throws Exception {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(100)), dir.resolve("host"));
        daemon = RunningDaemon.startOn(host, dir.resolve("state"));
        api = daemon.api();
    }

    @AfterEach
    void switchOff() throws Exception {
        daemon.close();
        host.close();
    }

    private ForeignDomain byXl(String name) throws Exception {
        ForeignDomain made = host.createForeign(name);
        Await.until(
                "it is listed",
                SOON,
                () -> api.get("/v1/domains/" + made.uuid()).status() == 200);
        return made;
    }

    private String tty(ForeignDomain domain) {
        return host.store()
                .read(0, "/local/domain/" + domain.domid() + "/console/tty")
                .orElseThrow();
    }

    private JsonNode state(String uuid) {
        return api.get("/v1/domains/" + uuid + "/console/state").body();
    }

    private static JsonNode hello(ConsoleViewer viewer) throws Exception {
        return JSON.readTree(viewer.awaitControl("\"type\":\"hello\"", SOON));
    }

    @Test
    void showsItsBootAndTypesForWhoHoldsTheLease() throws Exception {
        ForeignDomain guest = byXl("theirs");
        String uuid = guest.uuid().toString();
        try (ConsoleViewer holder = api.viewer(uuid, "?viewer=one");
                ConsoleViewer other = api.viewer(uuid, "?viewer=two")) {
            holder.awaitText("Linux version", SOON);
            JsonNode hello = hello(holder);
            assertThat(hello.path("shared").asBoolean()).isTrue();
            assertThat(hello.path("domid").asInt()).isEqualTo(guest.domid());
            assertThat(hello.path("name").asText()).isEqualTo("theirs");
            assertThat(hello.path("first").asLong()).isZero();
            other.awaitText("# ", SOON);

            holder.takeLease();
            other.type("echo not''this\r");
            other.awaitControl("\"type\":\"refused\"", SOON);
            holder.type("echo but''this\r");

            assertThat(holder.awaitText("\r\nbutthis", SOON)).doesNotContain("notthis");
            other.awaitText("\r\nbutthis", SOON);
            Await.until("both have seen the same", SOON, () -> holder.next() == other.next());
            assertThat(holder.breaks()).isEmpty();
            assertThat(state(uuid).path("shared").asBoolean()).isTrue();
            assertThat(state(uuid).path("viewers").size()).isEqualTo(2);
        }
    }

    @Test
    void whoComesLaterSeesWhatWasReadAndTheLogHasIt() throws Exception {
        String uuid = byXl("theirs").uuid().toString();
        try (ConsoleViewer first = api.viewer(uuid, "")) {
            first.awaitText("# ", SOON);
        }
        Await.until("it has left", SOON, () -> state(uuid).path("viewers").isEmpty());
        long next = state(uuid).path("next").asLong();
        try (ConsoleViewer second = api.viewer(uuid, "")) {
            second.awaitText("# ", SOON);
            assertThat(hello(second).path("next").asLong()).isGreaterThanOrEqualTo(next);
        }
        assertThat(api.text("/v1/domains/" + uuid + "/console/log?as=text")).contains("Linux version");
    }

    @Test
    void readsNothingWhileNobodyLooksSoThatXlConsoleHasItAll() throws Exception {
        ForeignDomain guest = byXl("theirs");
        String uuid = guest.uuid().toString();
        assertThat(state(uuid).path("next").asLong()).isZero();
        assertThat(state(uuid).path("shared").asBoolean()).isTrue();
        try (ConsoleViewer viewer = api.viewer(uuid, "")) {
            viewer.awaitText("# ", SOON);
        }
        Await.until("it has left", SOON, () -> state(uuid).path("viewers").isEmpty());
        SimTerminals.Slave xl = host.terminals().open(tty(guest));
        long before = state(uuid).path("next").asLong();
        xl.type("echo by''xl\r".getBytes(StandardCharsets.US_ASCII));
        StringBuilder screen = new StringBuilder();
        Await.until("xl console shows it", SOON, () -> {
            screen.append(new String(xl.shown(), StandardCharsets.ISO_8859_1));
            return screen.indexOf("\r\nbyxl") >= 0;
        });
        assertThat(state(uuid).path("next").asLong()).isEqualTo(before);
        xl.close();
    }

    @Test
    void endsWithTheDomain() throws Exception {
        ForeignDomain guest = byXl("theirs");
        String uuid = guest.uuid().toString();
        try (ConsoleViewer viewer = api.viewer(uuid, "")) {
            viewer.awaitText("# ", SOON);
            viewer.takeLease();
            viewer.type("poweroff\r");
            viewer.awaitControl("\"type\":\"end\"", SOON);
        }
        assertThat(api.get("/v1/domains/" + uuid + "/console/state").status()).isEqualTo(404);
    }

    @Test
    void saysWhenThereIsNoTerminal() throws Exception {
        ForeignDomain guest = byXl("theirs");
        host.store().remove(0, "/local/domain/" + guest.domid() + "/console/tty");
        ApiClient.Answer refused = api.upgradeRefusal("/v1/domains/" + guest.uuid() + "/console");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.body().path("detail").asText())
                .contains("domid " + guest.domid(), "/local/domain/" + guest.domid() + "/console/tty is not there");
    }

    @Test
    void opensNothingThatIsNoPseudoTerminal() throws Exception {
        ForeignDomain guest = byXl("theirs");
        for (String path : new String[] {"/etc/passwd", "/dev/pts/../tty1", "/dev/pts/ptmx", "/dev/tty1"}) {
            host.store().write(0, "/local/domain/" + guest.domid() + "/console/tty", path);
            ApiClient.Answer refused = api.upgradeRefusal("/v1/domains/" + guest.uuid() + "/console");
            assertThat(refused.status()).as(path).isEqualTo(422);
            assertThat(refused.body().path("detail").asText()).contains("\"" + path + "\"", "expected /dev/pts/N");
        }
    }

    @Test
    void theControlDomainHasNone() {
        String dom0 = "00000000-0000-0000-0000-000000000000";
        assertThat(api.upgradeRefusal("/v1/domains/" + dom0 + "/console").status())
                .isEqualTo(404);
    }
}
