package dev.xcs.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.BootCd;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** HVM guests and their device models on real Xen; scripts/lab up has to have run. */
@EnabledIfEnvironmentVariable(
        named = Lab.VARIABLE,
        matches = ".+",
        disabledReason = "no lab: run scripts/lab up and set XCS_LAB to the project root")
class HvmLabIT {
    private static final String DIR = "/var/tmp/hvm";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration BOOT = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    private ApiClient api;

    @BeforeEach
    void connect() throws Exception {
        api = Lab.api();
        Lab.exec("sh", "-c", "rm -rf " + DIR + "; mkdir -p " + DIR).expectOk();
    }

    @AfterEach
    void removeGuests() throws Exception {
        for (JsonNode domain : api.get("/v1/domains").body()) {
            if (domain.path("domid").asInt() != 0) {
                api.delete("/v1/domains/" + domain.path("uuid").asText());
            }
        }
        Await.until(
                "only dom0 is left",
                SOON,
                () -> Lab.exec("xl", "list").expectOk().lines().skip(1).count() == 1);
    }

    /** What the websocket of a display begins with. */
    private String display(String uuid) throws Exception {
        String upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: eGNzIGNvbnNvbGUgdmlldw==\r\nSec-WebSocket-Protocol: binary";
        try (Socket socket = api.stuck("/v1/domains/" + uuid + "/display", upgrade)) {
            socket.setSoTimeout(10_000);
            StringBuilder shown = new StringBuilder();
            // The answer's headers, a frame's header of two bytes, twelve bytes of greeting.
            for (int left = -1; left != 0; left -= left > 0 ? 1 : 0) {
                shown.append((char) socket.getInputStream().read());
                left = left < 0 && shown.toString().endsWith("\r\n\r\n") ? 15 : left;
            }
            return shown.toString();
        }
    }

    @Test
    void bootsAnIso() throws Exception {
        Lab.lab("put", BootCd.make(directory).toString(), DIR + "/boot.iso").expectOk();
        String uuid = api.create(Map.of(
                "name",
                "pc",
                "type",
                "hvm",
                "memoryMib",
                128,
                "vcpus",
                1,
                "disks",
                List.of(Map.of("target", DIR + "/boot.iso", "vdev", "hdc", "device", "cdrom"))));
        String models = "/var/lib/xcs/models/" + uuid;
        Await.until(
                "the boot sector speaks",
                BOOT,
                () -> Lab.exec("cat", models + "/serial.log").output().contains("A boot sector speaks"));
        assertThat(display(uuid)).as("VNC's greeting").contains("RFB 003.00");
        String model = Lab.exec("sh", "-c", "pgrep -f 'xen-domid' | head -1")
                .expectOk()
                .strip();
        assertThat(Lab.exec("sh", "-c", "sed -n 's/^Uid:\\t\\([0-9]*\\).*/\\1/p' /proc/" + model + "/status")
                        .expectOk()
                        .strip())
                .as("the device model is not root")
                .startsWith("18790481");
        assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
        assertThat(Lab.exec("pgrep", "-f", "xen-domid").output()).isBlank();
    }
}
