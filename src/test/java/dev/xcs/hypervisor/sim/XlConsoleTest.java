package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.RunningDaemon;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import dev.xcs.xenstore.wire.Op;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code xl console} on a console of ours: through the pseudo terminal that xenstore names. */
class XlConsoleTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    private SimHost host;

    @BeforeEach
    void switchOn() {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(100)), dir.resolve("host"));
    }

    @AfterEach
    void switchOff() {
        host.close();
    }

    private String tty(int domid) throws Exception {
        String path = "/local/domain/" + domid + "/console/tty";
        try (WireClient store = new WireClient(host.xenstoreSocket())) {
            Await.until(
                    "the terminal is named",
                    SOON,
                    () -> store.ask(Op.READ, 0, path).op() == Op.READ);
            return store.ask(Op.READ, 0, path).text();
        }
    }

    private static void awaitShown(SimTerminals.Slave xl, StringBuilder screen, String text) throws Exception {
        Await.until("it shows " + text, SOON, () -> {
            screen.append(new String(xl.shown(), StandardCharsets.ISO_8859_1));
            return screen.indexOf(text) >= 0;
        });
    }

    @Test
    void showsTheHistoryAndTypesWhenItHasTheLease() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.startOn(host, dir.resolve("state"))) {
            ApiClient api = daemon.api();
            String uuid = api.create(Map.of("name", "seen", "memoryMib", 64, "vcpus", 1, "kernel", "sim:linux"));
            int domid = api.get("/v1/domains/" + uuid).body().path("domid").asInt();
            try (ConsoleViewer other = api.viewer(uuid, "")) {
                other.awaitText("# ", SOON);
                StringBuilder screen = new StringBuilder();
                SimTerminals.Slave xl = host.terminals().open(tty(domid));

                awaitShown(xl, screen, "Linux version");
                other.awaitControl("\"name\":\"xl console\"", SOON);
                xl.type("echo by''xl\r".getBytes(StandardCharsets.US_ASCII));
                awaitShown(xl, screen, "\r\nbyxl");
                other.awaitText("\r\nbyxl", SOON);

                other.takeLease();
                screen.setLength(0);
                xl.type("echo not''this\r".getBytes(StandardCharsets.US_ASCII));
                awaitShown(xl, screen, "\007");
                other.type("echo but''this\r");
                assertThat(other.awaitText("butthis", SOON)).doesNotContain("notthis");

                xl.close();
                Await.until(
                        "it is gone",
                        SOON,
                        () -> api.get("/v1/domains/" + uuid + "/console/state")
                                        .body()
                                        .path("viewers")
                                        .size()
                                == 1);
            }
        }
    }
}
