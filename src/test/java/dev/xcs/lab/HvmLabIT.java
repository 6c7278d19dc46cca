package dev.xcs.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.BootCd;
import dev.xcs.testing.ConsoleViewer;
import dev.xcs.testing.UefiDisk;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
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

    /** Its detach fails while anybody has the device open. */
    private static final String SLOW_SCRIPT = """
            #!/bin/sh -e
            if [ "$1" = add ]; then
                sleep 3
                device=$(losetup --find --show "$(xenstore-read "$XENBUS_PATH/params")")
                xenstore-write "$XENBUS_PATH/physical-device" "$(stat -L -c %t:%T "$device")" \\
                    "$XENBUS_PATH/node" "$device" "$XENBUS_PATH/hotplug-status" connected
            else
                losetup --detach "$(xenstore-read "$XENBUS_PATH/node")"
            fi
            """;

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

    private Map<String, Object> pc(String name, Object... disks) {
        return Map.of(
                "name", name, "type", "hvm", "memoryMib", 128, "vcpus", 1, "guestOs", "linux", "disks", List.of(disks));
    }

    private static Map<String, Object> cd(String file) {
        return Map.of("target", file, "vdev", "hdc", "device", "cdrom");
    }

    private Path bootDisk() throws Exception {
        Path disk = directory.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.write(BootCd.sector(directory));
            file.setLength(1 << 20);
        }
        return disk;
    }

    private void put(Path file, String name) throws Exception {
        Lab.lab("put", file.toString(), DIR + "/" + name).expectOk();
    }

    /** The process ids of all device models. */
    private static List<String> models() throws Exception {
        return Lab.exec("pgrep", "-f", "[q]emu-system-i386.*-xen-domid")
                .output()
                .lines()
                .toList();
    }

    private static void awaitNothingLeft() throws Exception {
        Await.until("no device model is left", SOON, () -> models().isEmpty());
        assertThat(Lab.exec("ls", "-A", "/var/lib/xcs/models").output()).isBlank();
        assertThat(Lab.exec("xenstore-ls", "/local/domain/0/device-model").output())
                .doesNotContain("state");
        Await.until(
                "no loop device is left",
                SOON,
                () -> Lab.exec("losetup", "--list", "--noheadings").output().isBlank());
    }

    @Test
    void bootsAnIsoOnTheSameConsoleAsOtherGuests() throws Exception {
        put(BootCd.make(directory), "boot.iso");
        String uuid = api.create(pc("pc", cd(DIR + "/boot.iso")));
        try (ConsoleViewer console = api.console(uuid).takeLease()) {
            console.awaitText("A boot sector speaks", BOOT);
            console.type("x");
            console.awaitText("<x>", SOON);
        }
        assertThat(display(uuid)).as("VNC's greeting").contains("RFB 003.00");
        assertThat(models()).hasSize(1);
        assertThat(Lab.exec("sed", "-n", "s/^Uid:\\t\\([0-9]*\\).*/\\1/p", "/proc/" + models().get(0) + "/status")
                        .expectOk()
                        .strip())
                .as("the device model is not root")
                .isEqualTo(Long.toString(1_879_048_192L
                        + api.get("/v1/domains/" + uuid).body().path("domid").asLong()));
        goesOnAfterAKilledDaemon(uuid);
    }

    @Test
    void hasEmulatedCardsThatComeAndGoWithTheirVifs() throws Exception {
        Lab.exec("modprobe", "tun").expectOk();
        api.post("/v1/networks", Map.of("name", "cards", "kind", "nat", "subnet", "10.99.0.0/24"));
        Map<String, Object> first = Map.of("network", "cards", "mac", "00:16:3e:99:00:01");
        Map<String, Object> second = Map.of("network", "cards", "mac", "00:16:3e:99:00:02", "model", "e1000");
        Map<String, Object> bare = Map.of("network", "cards", "mac", "00:16:3e:99:00:03", "model", "none");
        Map<String, Object> domain = new HashMap<>(pc("net"));
        domain.putAll(Map.of("vga", "cirrus", "vifs", List.of(first, second, bare)));
        try {
            String uuid = api.create(domain);
            int domid = api.get("/v1/domains/" + uuid).body().path("domid").asInt();
            assertThat(cards(domid)).containsExactly("vif" + domid + ".0-emu", "vif" + domid + ".1-emu");
            assertThat(guards())
                    .contains("ether saddr != 00:16:3e:99:00:01 counter name \"drops-vif" + domid + ".0-emu\"");
            goesWithItsVif(uuid, domid);
            assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
            awaitNothingLeft();
            assertThat(Lab.exec("ip", "-brief", "link").expectOk()).doesNotContain("-emu");
            assertThat(guards()).doesNotContain("-emu");
        } finally {
            api.get("/v1/domains")
                    .body()
                    .forEach(left ->
                            api.delete("/v1/domains/" + left.path("uuid").asText()));
            api.delete("/v1/networks/cards");
        }
    }

    private void goesWithItsVif(String uuid, int domid) throws Exception {
        String vifs = "/v1/domains/" + uuid + "/vifs/";
        assertThat(link(vifs, "down")).isEqualTo(200);
        String card = "/sys/class/net/vif" + domid + ".0-emu/master";
        assertThat(Lab.exec("test", "-e", card).exit()).as("it is on no bridge").isNotZero();
        assertThat(api.delete(vifs + "1?force=true").status()).isEqualTo(204);
        assertThat(cards(domid)).containsExactly("vif" + domid + ".0-emu");
        assertThat(guards()).doesNotContain(".1-emu");
        Lab.lab("daemon", "restart").expectOk();
        api = Lab.api();
        assertThat(guards()).as("found again").contains(".0-emu");
        assertThat(link(vifs, "up")).isEqualTo(200);
        assertThat(Lab.exec("test", "-e", card).exit())
                .as("it is on its bridge")
                .isZero();
    }

    private int link(String vifs, String state) {
        return api.sendText("PATCH", vifs + "0", "{\"link\": \"" + state + "\"}")
                .status();
    }

    private static List<String> cards(int domid) throws Exception {
        return Lab.exec("ls", "/sys/class/net")
                .expectOk()
                .lines()
                .filter(name -> name.startsWith("vif" + domid + ".") && name.endsWith("-emu"))
                .toList();
    }

    private static String guards() throws Exception {
        return Lab.exec("nft", "list", "ruleset").expectOk();
    }

    @Test
    void bootsWithoutADisplay() throws Exception {
        put(BootCd.make(directory), "boot.iso");
        Map<String, Object> domain = new HashMap<>(pc("blind", cd(DIR + "/boot.iso")));
        domain.put("vga", "none");
        String uuid = api.create(domain);
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("A boot sector speaks", BOOT);
        }
        assertThat(Lab.exec("sh", "-c", "tr '\\0' ' ' < /proc/" + models().get(0) + "/cmdline")
                        .expectOk())
                .contains(" -m 128 ")
                .doesNotContain("vgamem");
    }

    private void goesOnAfterAKilledDaemon(String uuid) throws Exception {
        Lab.lab("daemon", "kill9").expectOk();
        Lab.lab("daemon", "start").expectOk();
        api = Lab.api();
        try (ConsoleViewer console = api.console(uuid).takeLease()) {
            console.type("y");
            assertThat(console.awaitText("<y>", SOON))
                    .contains("A boot sector speaks")
                    .contains("<x>");
            assertThat(display(uuid)).as("VNC's greeting").contains("RFB 003.00");
            console.type("q");
        }
        Await.until(
                "it has powered off", SOON, () -> api.get("/v1/domains/" + uuid).status() == 404);
        awaitNothingLeft();
    }

    @Test
    void bootsByUefiFromADisk() throws Exception {
        assumeTrue(
                Lab.exec("grep", "-q", "^ovmf ", "/opt/lab/versions").exit() == 0,
                "the lab's image has no OVMF with Xen's drivers: its mirror has no Debian 11");
        assumeTrue(
                Lab.exec("cat", "/run/lab/emulator").expectOk().strip().equals("mended"),
                "this QEMU would end at the first interrupt of a 64 bit UEFI: see scripts/lab.d/mend-emulator");
        put(UefiDisk.make(directory), "uefi.img");
        Map<String, Object> domain = new HashMap<>(pc("uefi", Map.of("target", DIR + "/uefi.img", "vdev", "hda")));
        domain.put("firmware", "uefi");
        domain.put("memoryMib", 256);
        String uuid = api.create(domain);
        try (ConsoleViewer console = api.console(uuid).takeLease()) {
            assertThat(console.awaitText("A UEFI program speaks", BOOT)).contains("BdsDxe: starting Boot0001");
            console.type("x");
            console.awaitText("<x>", SOON);
            console.type("q");
        }
        Await.until(
                "it has powered off", SOON, () -> api.get("/v1/domains/" + uuid).status() == 404);
        awaitNothingLeft();
    }

    @Test
    void bootsADiskOfItsOwnAndEndsWithItsDeviceModel() throws Exception {
        put(bootDisk(), "disk.img");
        String uuid = api.create(pc("own", Map.of("target", DIR + "/disk.img", "vdev", "xvda")));
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("A boot sector speaks", BOOT);
        }
        Lab.exec("kill", "-9", models().get(0)).expectOk();
        Await.until(
                "it is destroyed as one that has crashed",
                SOON,
                () -> api.get("/v1/domains/" + uuid).status() == 404);
        awaitNothingLeft();
    }

    @Test
    void bootsADiskOfAHotplugScriptThatTakesItsTime() throws Exception {
        String script = "/etc/xen/scripts/block-slow";
        put(bootDisk(), "disk.img");
        Lab.exec("sh", "-c", "cat > " + script + " << 'END'; chmod +x " + script + "\n" + SLOW_SCRIPT + "END\n")
                .expectOk();
        try {
            String uuid =
                    api.create(pc("slow", Map.of("target", DIR + "/disk.img", "vdev", "xvda", "script", "block-slow")));
            try (ConsoleViewer console = api.console(uuid)) {
                console.awaitText("A boot sector speaks", BOOT);
            }
            assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
            awaitNothingLeft();
        } finally {
            Lab.exec("rm", "-f", script).expectOk();
        }
    }

    @Test
    void leavesNothingOfOneWhoseDeviceModelDoesNotRun() throws Exception {
        put(BootCd.make(directory), "boot.iso");
        Lab.lab("daemon", "restart", "--domain-device-model=/bin/false").expectOk();
        try {
            api = Lab.api();
            ApiClient.Answer refused = api.post("/v1/domains", pc("none", cd(DIR + "/boot.iso")));
            assertThat(refused.status()).as(refused.body().toString()).isEqualTo(422);
            assertThat(refused.body().path("step").asText()).isEqualTo("device-model");
            assertThat(refused.body().path("detail").asText()).contains("ended: exit code 1");
            assertThat(api.get("/v1/domains").body()).hasSize(1);
            assertThat(Lab.exec("xl", "list").expectOk().lines()).hasSize(2);
            awaitNothingLeft();
        } finally {
            Lab.lab("daemon", "restart").expectOk();
            api = Lab.api();
        }
    }
}
