package dev.xcs.lab;

import static dev.xcs.lab.GuestShell.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.ApiClient.Answer;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Disks of every kind on real Xen: what the guest reads is what dom0 wrote, and the other way round. */
@EnabledIfEnvironmentVariable(
        named = Lab.VARIABLE,
        matches = ".+",
        disabledReason = "no lab: run scripts/lab up and set XCS_LAB to the project root")
class DisksLabIT {
    private static final Duration BOOT = Duration.ofSeconds(180);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String DIR = "/var/tmp/disks";

    private ApiClient api;

    @BeforeEach
    void connect() throws Exception {
        api = Lab.api();
        inDom0("rm -rf " + DIR + "; mkdir -p " + DIR);
    }

    @AfterEach
    void leavesNothing() throws Exception {
        Lab.removeGuests();
        inDom0("vgchange -an lab 2>/dev/null; vgremove -ff lab 2>/dev/null; losetup -D; true");
        Await.until(
                "every loop device and server is gone",
                SOON,
                () -> inDom0("losetup -a; pgrep -a qemu-nbd; true").isBlank());
        assertThat(inDom0("xenstore-ls /local/domain/0/backend/vbd 2>/dev/null; true"))
                .isBlank();
    }

    private static String inDom0(String script) throws Exception {
        return Lab.exec("bash", "-c", script).expectOk();
    }

    private static Map<String, Object> disk(String target, String vdev, String... more) {
        Map<String, Object> disk = new HashMap<>(Map.of("target", target, "vdev", vdev));
        for (int i = 0; i < more.length; i += 2) {
            disk.put(more[i], more[i + 1]);
        }
        return disk;
    }

    private String create(String name, Object... disks) {
        Map<String, Object> spec = new HashMap<>(Lab.linux(name));
        spec.put("disks", List.of(disks));
        return api.create(spec);
    }

    private JsonNode shown(String uuid, String vdev) {
        for (JsonNode disk : api.get("/v1/domains/" + uuid + "/disks").body()) {
            if (disk.path("vdev").asText().equals(vdev)) {
                return disk;
            }
        }
        throw new AssertionError("no " + vdev);
    }

    private static void pattern(String path, String text) throws Exception {
        inDom0("printf '%s' '" + text + "' | dd of='" + path + "' conv=notrunc status=none; sync");
    }

    @Test
    void aGuestReadsEveryKindOfDiskAndWritesWhatDom0ReadsLater() throws Exception {
        inDom0("truncate -s 5M " + DIR + "/file.img; truncate -s 64M " + DIR + "/pv.img; truncate -s 3M " + DIR
                + "/raw.img");
        inDom0("pv=$(losetup -f --show " + DIR + "/pv.img); vgcreate -q lab $pv; lvcreate -qy -L 8M -n vol lab");
        pattern(DIR + "/raw.img", "IN-THE-QCOW2");
        inDom0("qemu-img convert -O qcow2 " + DIR + "/raw.img " + DIR + "/image.qcow2");
        pattern(DIR + "/file.img", "IN-THE-FILE");
        pattern("/dev/lab/vol", "IN-THE-VOLUME");
        String uuid = create(
                "kinds",
                disk(DIR + "/file.img", "xvda"),
                disk("/dev/lab/vol", "xvdb"),
                disk(DIR + "/image.qcow2", "xvdc", "format", "qcow2"),
                new HashMap<>(Map.of("vdev", "xvdd", "device", "cdrom")));
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("GUEST-UP", BOOT);
            assertThat(run(console, "head -c 11 /dev/xvda")).isEqualTo("IN-THE-FILE");
            assertThat(run(console, "head -c 13 /dev/xvdb")).isEqualTo("IN-THE-VOLUME");
            assertThat(run(console, "head -c 12 /dev/xvdc")).isEqualTo("IN-THE-QCOW2");
            for (Map.Entry<String, Long> size :
                    Map.of("xvda", 5L << 20, "xvdb", 8L << 20, "xvdc", 3L << 20).entrySet()) {
                assertThat(run(console, "cat /sys/block/" + size.getKey() + "/size"))
                        .isEqualTo(Long.toString(size.getValue() / 512));
                assertThat(shown(uuid, size.getKey()).path("sizeBytes").asLong())
                        .isEqualTo(size.getValue());
                assertThat(shown(uuid, size.getKey()).path("state").asText()).isEqualTo("connected");
            }
            assertThat(shown(uuid, "xvdd").has("target")).isFalse();
            for (String name : List.of("xvda", "xvdb", "xvdc")) {
                run(
                        console,
                        "printf WRITTEN-IN-" + name + " | dd of=/dev/" + name + " bs=512 seek=9 conv=notrunc; sync");
            }
            assertThat(shown(uuid, "xvda")
                            .path("statistics")
                            .path("writtenBytes")
                            .asLong())
                    .isPositive();
            assertThat(inDom0("xl block-list kinds").lines()).hasSize(5);
            assertThat(api.state(uuid, "shutdown").status()).isEqualTo(200);
            Await.until("it is gone", SOON, () -> api.get("/v1/domains/" + uuid).status() == 404);
        }
        String read = "dd bs=512 skip=9 count=1 status=none | tr -d '\\0'";
        assertThat(inDom0("cat " + DIR + "/file.img | " + read)).contains("WRITTEN-IN-xvda");
        assertThat(inDom0("cat /dev/lab/vol | " + read)).contains("WRITTEN-IN-xvdb");
        assertThat(inDom0("qemu-img convert -O raw " + DIR + "/image.qcow2 " + DIR + "/back.img; cat " + DIR
                        + "/back.img | " + read))
                .contains("WRITTEN-IN-xvdc");
    }

    @Test
    void aGuestReadsAndWritesImagesOfOtherHypervisors() throws Exception {
        inDom0("truncate -s 3M " + DIR + "/raw.img");
        pattern(DIR + "/raw.img", "IN-THE-IMAGE");
        inDom0("cd " + DIR + "; qemu-img convert -O vpc -o force_size=on raw.img image.vhd;"
                + " qemu-img convert -O vmdk raw.img image.vmdk");
        String uuid = create(
                "strangers",
                disk(DIR + "/image.vhd", "xvda", "format", "vhd"),
                disk(DIR + "/image.vmdk", "xvdb", "format", "vmdk"));
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("GUEST-UP", BOOT);
            for (String vdev : List.of("xvda", "xvdb")) {
                assertThat(run(console, "head -c 12 /dev/" + vdev)).isEqualTo("IN-THE-IMAGE");
                assertThat(run(console, "cat /sys/block/" + vdev + "/size")).isEqualTo(Long.toString((3 << 20) / 512));
                assertThat(shown(uuid, vdev).path("sizeBytes").asLong()).isEqualTo(3 << 20);
                run(console, "printf BY-THE-GUEST | dd of=/dev/" + vdev + " conv=notrunc 2> /dev/null; sync");
            }
        }
        assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
        for (String image : List.of("-f vpc " + DIR + "/image.vhd", "-f vmdk " + DIR + "/image.vmdk")) {
            assertThat(inDom0("qemu-img convert -O raw " + image + " " + DIR + "/back.img; head -c 12 " + DIR
                            + "/back.img"))
                    .isEqualTo("BY-THE-GUEST");
        }
    }

    @Test
    void disksComeGoAndGrowWhileTheGuestRuns() throws Exception {
        inDom0("truncate -s 4M " + DIR + "/hot.img; truncate -s 2M " + DIR + "/cd.iso");
        pattern(DIR + "/hot.img", "HOT-ATTACHED");
        pattern(DIR + "/cd.iso", "THE-MEDIUM");
        String uuid = create("hot", new HashMap<>(Map.of("vdev", "xvdd", "device", "cdrom")));
        String disks = "/v1/domains/" + uuid + "/disks";
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("GUEST-UP", BOOT);
            Answer attached = api.post(disks, disk(DIR + "/hot.img", "xvdb"));
            assertThat(attached.status()).as(attached.body().toString()).isEqualTo(201);
            assertThat(run(console, "head -c 12 /dev/xvdb")).isEqualTo("HOT-ATTACHED");

            Answer grown = api.sendText("PATCH", disks + "/xvdb", "{\"sizeBytes\": " + (7 << 20) + "}");
            assertThat(grown.status()).as(grown.body().toString()).isEqualTo(200);
            Await.until(
                    "the guest sees it",
                    SOON,
                    () -> run(console, "cat /sys/block/xvdb/size").equals(Integer.toString((7 << 20) / 512)));

            Answer inserted = api.sendText("PATCH", disks + "/xvdd", "{\"target\": \"" + DIR + "/cd.iso\"}");
            assertThat(inserted.status()).as(inserted.body().toString()).isEqualTo(200);
            assertThat(run(console, "head -c 10 /dev/xvdd")).isEqualTo("THE-MEDIUM");
            assertThat(api.sendText("PATCH", disks + "/xvdd", "{\"target\": null}")
                            .status())
                    .isEqualTo(200);

            assertThat(api.delete(disks + "/xvdb").status()).isEqualTo(204);
            Await.until(
                    "the guest has lost it",
                    SOON,
                    () -> run(console, "ls /sys/block").lines().noneMatch(line -> line.contains("xvdb")));
            assertThat(inDom0("losetup -a").lines().filter(line -> line.contains("hot.img")))
                    .isEmpty();
        }
    }

    @Test
    void tenGuestsWithThreeDisksEachComeUpAtOnce() throws Exception {
        inDom0("for g in 0 1 2 3 4 5 6 7 8 9; do for d in a b c; do truncate -s 1M " + DIR + "/$g$d.img; done; done");
        List<String> uuids = IntStream.range(0, 10)
                .parallel()
                .mapToObj(guest -> {
                    Map<String, Object> spec = new HashMap<>(Lab.linux("many" + guest));
                    List<Object> disks = new ArrayList<>();
                    for (String letter : List.of("a", "b", "c")) {
                        disks.add(disk(DIR + "/" + guest + letter + ".img", "xvd" + letter));
                    }
                    spec.put("disks", disks);
                    return api.create(spec);
                })
                .toList();
        for (String uuid : uuids) {
            Await.until("all three are connected", BOOT, () -> {
                int connected = 0;
                for (JsonNode disk : api.get("/v1/domains/" + uuid + "/disks").body()) {
                    connected += disk.path("state").asText().equals("connected") ? 1 : 0;
                }
                return connected == 3;
            });
        }
    }

    @Test
    void disksOutliveTheDaemonAndAreLookedAfterAgain() throws Exception {
        inDom0("truncate -s 4M " + DIR + "/kept.img; qemu-img create -q -f qcow2 " + DIR + "/kept.qcow2 4M");
        pattern(DIR + "/kept.img", "KEPT");
        String uuid =
                create("kept", disk(DIR + "/kept.img", "xvda"), disk(DIR + "/kept.qcow2", "xvdb", "format", "qcow2"));
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("GUEST-UP", BOOT);
        }
        Lab.lab("daemon", "kill9").expectOk();
        Lab.lab("daemon", "start").expectOk();
        api = Lab.api();
        try (ConsoleViewer console = api.console(uuid)) {
            Await.until(
                    "the shell answers",
                    SOON,
                    () -> run(console, "head -c 4 /dev/xvda").equals("KEPT"));
            run(console, "printf AFTER | dd of=/dev/xvdb; sync");
            assertThat(shown(uuid, "xvda").path("state").asText()).isEqualTo("connected");
            Answer twice = api.post("/v1/domains", spec("thief", disk(DIR + "/kept.img", "xvda")));
            assertThat(twice.status()).as(twice.body().toString()).isEqualTo(409);
            Answer raw = api.post("/v1/domains", spec("thief", disk(DIR + "/kept.qcow2", "xvda")));
            assertThat(raw.status()).as(raw.body().toString()).isEqualTo(409);
            Answer grown =
                    api.sendText("PATCH", "/v1/domains/" + uuid + "/disks/xvda", "{\"sizeBytes\": " + (6 << 20) + "}");
            assertThat(grown.status()).as(grown.body().toString()).isEqualTo(200);
        }
        assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
        Await.until(
                "the server is gone",
                SOON,
                () -> inDom0("pgrep -a qemu-nbd; true").isBlank());
    }

    @Test
    void twoImagesMayBeBasedOnOne() throws Exception {
        inDom0(
                "cd " + DIR
                        + "; truncate -s 4M base.img; for i in 1 2; do qemu-img create -q -f qcow2 -b base.img -F raw $i.qcow2; done");
        String first = api.create(spec("first", disk(DIR + "/1.qcow2", "xvda", "format", "qcow2")));
        String second = api.create(spec("second", disk(DIR + "/2.qcow2", "xvda", "format", "qcow2")));
        Answer writer = api.post("/v1/domains", spec("writer", disk(DIR + "/base.img", "xvda")));
        assertThat(writer.status()).as(writer.body().toString()).isEqualTo(409);
        assertThat(api.delete("/v1/domains/" + first).status()).isEqualTo(204);
        assertThat(api.delete("/v1/domains/" + second).status()).isEqualTo(204);
    }

    private static Map<String, Object> spec(String name, Object... disks) {
        Map<String, Object> spec = new HashMap<>(Lab.grub(name));
        spec.put("disks", List.of(disks));
        return spec;
    }

    @Test
    void seesWhatXlAttachedAndDoesNotGiveItToAnother() throws Exception {
        inDom0("truncate -s 4M " + DIR + "/xl.img; loop=$(losetup -f --show " + DIR + "/xl.img); "
                + "xl create -q /opt/lab/grub.cfg.xl \"disk=['phy:$loop,xvda,w']\"");
        JsonNode foreign = null;
        for (JsonNode domain : api.get("/v1/domains").body()) {
            foreign = domain.path("domid").asInt() == 0 ? foreign : domain;
        }
        assertThat(foreign).isNotNull();
        JsonNode disk = shown(foreign.path("uuid").asText(), "xvda");
        assertThat(disk.path("managed").asBoolean()).isFalse();
        assertThat(disk.path("target").asText()).startsWith("/dev/loop");
        Answer refused = api.post("/v1/domains", spec("thief", disk(DIR + "/xl.img", "xvda")));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().path("detail").asText()).contains("in use");
        inDom0("xl destroy grub");
        Await.until("it is gone", SOON, () -> api.get("/v1/domains").body().size() == 1);
    }

    @Test
    void refusesAnImageWhoseBaseIsMissingAndAMountedDisk() throws Exception {
        inDom0("cd " + DIR
                + "; qemu-img create -q -f raw base.img 1M; qemu-img create -q -f qcow2 -b base.img -F raw top.qcow2; "
                + "rm base.img; truncate -s 8M fs.img; mkfs.ext4 -q fs.img; mkdir m; mount -o loop fs.img m");
        int domains = api.get("/v1/domains").body().size();
        for (Object disk : List.of(
                disk(DIR + "/top.qcow2", "xvda", "format", "qcow2"),
                disk(DIR + "/fs.img", "xvda"),
                disk("/dev/vda", "xvda"))) {
            Answer refused = api.post("/v1/domains", spec("refused", disk));
            assertThat(refused.status()).as(refused.body().toString()).isIn(400, 409, 422);
        }
        assertThat(api.get("/v1/domains").body()).hasSize(domains);
        inDom0("umount " + DIR + "/m");
    }
}
