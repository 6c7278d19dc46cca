package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.model.HostLink;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.platform.Dom0;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.ApiClient.Answer;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole daemon on the simulated host with NetBSD as dom0: the adapter for real NetBSD runs its commands, and guests send frames. */
class NetbsdDom0Test {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration BRIEFLY = Duration.ofMillis(700);
    private static final String REACHED = "2 packets received";
    private static final String PROMPT = ":~# ";
    private static final int MIB = 1 << 20;
    private static final String LOST = "0 packets received";

    @TempDir
    Path dir;

    private SimHost host;
    private RunningDaemon daemon;
    private ApiClient api;
    private final List<String> made = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        SimHostOptions options = SimHostOptions.defaults().withDom0(Dom0.NETBSD).withBootTime(Duration.ofMillis(20));
        host = SimHost.start(options, dir.resolve("host"));
        restart();
    }

    private void restart() throws IOException {
        daemon = RunningDaemon.startOn(host, dir.resolve("state"));
        api = daemon.api();
    }

    @AfterEach
    void leavesNothing() throws Exception {
        for (String uuid : made) {
            assertThat(api.delete("/v1/domains/" + uuid).status()).isIn(204, 404);
        }
        for (JsonNode network : api.get("/v1/networks").body()) {
            Answer gone = api.delete("/v1/networks/" + network.path("name").asText());
            assertThat(gone.status()).as(gone.body().toString()).isEqualTo(204);
        }
        NetworkDevices devices = host.hypervisor().networkDevices();
        assertThat(devices.made()).isEmpty();
        assertThat(devices.guarded()).isEmpty();
        Await.until(
                "nothing is left but what the host came with",
                SOON,
                () -> devices.links().stream()
                        .map(HostLink::name)
                        .toList()
                        .equals(List.of("lo0", "wm0", "bridge0", "vether0")));
        assertThat(daemon.stop()).isEmpty();
        host.close();
    }

    private String create(String name, String ip, Map<String, Object> vif) {
        String uuid = api.create(new HashMap<>(Map.of(
                "name",
                name,
                "memoryMib",
                64,
                "vcpus",
                1,
                "kernel",
                "sim:linux",
                "cmdline",
                ip.isEmpty() ? "quiet" : "ip=" + ip,
                "vifs",
                List.of(vif))));
        made.add(uuid);
        return uuid;
    }

    private ConsoleViewer booted(String uuid) throws Exception {
        ConsoleViewer console = api.console(uuid);
        console.awaitText(PROMPT, SOON);
        return console;
    }

    private static String run(ConsoleViewer console, String command) throws Exception {
        int before = console.shown().length();
        console.type(command + "\n");
        Await.until(command + " is done", SOON, () -> {
            String now = console.shown();
            int typed = now.indexOf(command, before);
            return typed >= 0 && now.indexOf(PROMPT, typed) >= 0;
        });
        return console.shown().substring(before);
    }

    private static String ping(ConsoleViewer console, String address) throws Exception {
        return run(console, "ping -c 2 -i 0.01 -W 1 " + address);
    }

    private JsonNode vif(String uuid) {
        return api.get("/v1/domains/" + uuid + "/vifs").body().path(0);
    }

    private Answer change(String uuid, String body) {
        return api.sendText("PATCH", "/v1/domains/" + uuid + "/vifs/0", body);
    }

    private JsonNode network(Map<String, Object> spec) {
        Answer answer = api.post("/v1/networks", spec);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body();
    }

    private int domid(String uuid) {
        return api.get("/v1/domains/" + uuid).body().path("domid").asInt();
    }

    private HostLink link(String name) {
        return host.hypervisor().networkDevices().links().stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void saysWhatDom0Runs() {
        assertThat(api.get("/v1/host").body().path("dom0").asText()).isEqualTo("netbsd");
        assertThat(api.get("/v1/host").body().path("simulated").asBoolean()).isTrue();
    }

    @Test
    void theSimulatedHostRunsItWhereTheConfigurationSaysSo() throws IOException {
        try (RunningDaemon other = RunningDaemon.start(dir.resolve("other"), Map.of("sim.dom0", "netbsd"))) {
            assertThat(other.api().get("/v1/host").body().path("dom0").asText()).isEqualTo("netbsd");
            assertThat(other.host().hypervisor().networkDevices().vifName(5, 0)).isEqualTo("xvif5i0");
        }
    }

    @Test
    void guestsOnABridgeReachEachOtherAndDom0() throws Exception {
        String one = create("one", "10.77.0.11/24", Map.of("bridge", "bridge0"));
        String two = create("two", "10.77.0.12/24", Map.of());
        try (ConsoleViewer first = booted(one);
                ConsoleViewer second = booted(two)) {
            Await.until(
                    "it is connected",
                    SOON,
                    () -> vif(one).path("state").asText().equals("connected"));
            String name = "xvif" + domid(one) + "i0";
            assertThat(vif(one).path("interface").asText()).isEqualTo(name);
            assertThat(link(name).master()).isEqualTo("bridge0");
            assertThat(ping(first, "10.77.0.1")).contains(REACHED);
            assertThat(ping(first, "10.77.0.12")).contains(REACHED);
            assertThat(ping(second, "10.77.0.11")).contains(REACHED);
            assertThat(vif(one).path("statistics").path("transmittedPackets").asLong())
                    .isGreaterThan(4);
        }
    }

    @Test
    void aGuestOfOneNetworkDoesNotReachThatOfAnotherUntilItIsMovedThere() throws Exception {
        JsonNode left = network(Map.of("name", "left", "kind", "bridge", "create", true));
        network(Map.of("name", "right", "kind", "bridge", "create", true, "bridge", "bridge5"));
        assertThat(left.path("interface").asText()).matches("bridge[1-9][0-9]{5}");
        String one = create("one", "10.1.0.1/24", Map.of("network", "left"));
        String two = create("two", "10.1.0.2/24", Map.of("network", "right"));
        try (ConsoleViewer first = booted(one);
                ConsoleViewer second = booted(two)) {
            assertThat(ping(first, "10.1.0.2")).contains(LOST);
            Answer moved = change(one, "{\"network\": \"right\"}");
            assertThat(moved.status()).as(moved.body().toString()).isEqualTo(200);
            assertThat(ping(first, "10.1.0.2")).contains(REACHED);
            assertThat(change(one, "{\"link\": \"down\"}").status()).isEqualTo(200);
            assertThat(ping(second, "10.1.0.1")).contains(LOST);
            assertThat(change(one, "{\"link\": \"up\"}").status()).isEqualTo(200);
            assertThat(ping(second, "10.1.0.1")).contains(REACHED);
            assertThat(api.delete("/v1/networks/right").status()).isEqualTo(409);
            assertThat(api.delete("/v1/networks/left").status()).isEqualTo(204);
        }
    }

    @Test
    void aNatGuestGetsItsAddressAndTheWorldAndAPortLeadsToIt() throws Exception {
        network(Map.of(
                "name",
                "inner",
                "kind",
                "nat",
                "subnet",
                "10.80.0.0/24",
                "forwards",
                List.of(Map.of("protocol", "tcp", "hostPort", 7007, "to", "10.80.0.7", "port", 7))));
        String uuid = create("nat", "dhcp", Map.of("network", "inner", "ip", List.of("10.80.0.7")));
        try (ConsoleViewer console = booted(uuid)) {
            Await.until(
                    "it has its address", SOON, () -> run(console, "ip addr").contains("10.80.0.7"));
            assertThat(ping(console, "10.80.0.1")).contains(REACHED);
            assertThat(ping(console, "192.0.2.1")).contains(REACHED);
            assertThat(host.outside().seen())
                    .contains(new IpAddress("192.0.2.2"))
                    .doesNotContain(new IpAddress("10.80.0.7"));
            assertThat(host.outside().connects(new IpAddress("192.0.2.2"), 7007, SOON))
                    .isTrue();
            assertThat(host.outside().connects(new IpAddress("192.0.2.2"), 7008, BRIEFLY))
                    .isFalse();
        }
    }

    @Test
    void forgedAddressesDoNotReachAnybody() throws Exception {
        String one = create("one", "10.77.0.11/24", Map.of("ip", List.of("10.77.0.11")));
        String two = create("two", "10.77.0.12/24", Map.of());
        try (ConsoleViewer first = booted(one);
                ConsoleViewer second = booted(two)) {
            assertThat(ping(first, "10.77.0.12")).contains(REACHED);
            run(first, "ip addr add 10.77.0.66/24 dev eth0");
            run(first, "ip addr del 10.77.0.11/24 dev eth0");
            assertThat(ping(first, "10.77.0.12")).contains(LOST);
            assertThat(ping(second, "10.77.0.66")).contains(LOST);
        }
    }

    @Test
    void aRoutedGuestIsReachedByItsAddress() throws Exception {
        network(Map.of("name", "public", "kind", "routed", "uplink", "wm0", "subnet", "192.0.2.0/24"));
        String uuid =
                create("routed", "192.0.2.40/32:192.0.2.2", Map.of("network", "public", "ip", List.of("192.0.2.40")));
        try (ConsoleViewer console = booted(uuid)) {
            assertThat(ping(console, "192.0.2.2")).contains(REACHED);
            assertThat(host.outside().pings(new IpAddress("192.0.2.40"), SOON)).isTrue();
        }
    }

    @Test
    void vifsComeAndGoWhileTheGuestRuns() throws Exception {
        String uuid = create("hot", "10.77.0.11/24", Map.of("bridge", "bridge0"));
        String vifs = "/v1/domains/" + uuid + "/vifs";
        try (ConsoleViewer console = booted(uuid)) {
            Answer attached = api.post(vifs, Map.of("bridge", "bridge0", "rate", "1MB/s"));
            assertThat(attached.status()).as(attached.body().toString()).isEqualTo(201);
            assertThat(attached.body().path("state").asText()).isEqualTo("connected");
            assertThat(link("xvif" + domid(uuid) + "i1").master()).isEqualTo("bridge0");
            assertThat(run(console, "ip addr")).contains("eth1");
            assertThat(api.delete(vifs + "/0").status()).isEqualTo(204);
            assertThat(api.get(vifs).body()).hasSize(1);
        }
    }

    @Test
    void guestsKeepTheirNetworksWhenTheDaemonIsStartedAnew() throws Exception {
        network(Map.of("name", "kept", "kind", "nat", "subnet", "10.90.0.0/24"));
        String uuid = create("kept", "dhcp", Map.of("network", "kept"));
        String before;
        try (ConsoleViewer console = booted(uuid)) {
            before = vif(uuid).path("ip").path(0).asText();
            Await.until(
                    "it has its address", SOON, () -> run(console, "ip addr").contains(before));
        }
        assertThat(daemon.stop()).isEmpty();
        restart();
        assertThat(vif(uuid).path("ip").path(0).asText()).isEqualTo(before);
        assertThat(vif(uuid).path("managed").asBoolean()).isTrue();
        try (ConsoleViewer console = api.console(uuid)) {
            Await.until(
                    "it reaches dom0", SOON, () -> ping(console, "10.90.0.1").contains(REACHED));
            assertThat(ping(console, "192.0.2.1")).contains(REACHED);
        }
    }

    @Test
    void showsTheVifsOfOtherToolstacks() throws Exception {
        var foreign = host.createForeign("foreign");
        host.attachForeignVif(foreign.domid(), 0, new MacAddress("00:16:3e:00:00:99"), "bridge0");

        Await.until(
                "it is shown",
                SOON,
                () -> vif(foreign.uuid().toString())
                        .path("interface")
                        .asText()
                        .equals("xvif" + foreign.domid() + "i0"));
        host.detachForeignVif(foreign.domid(), 0);
    }

    private Path image(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        byte[] bytes = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), MIB);
        return Files.write(file, bytes);
    }

    private String create(String name, String kernel, List<Map<String, Object>> disks) {
        String uuid = api.create(new HashMap<>(Map.of(
                "name", name, "memoryMib", 64, "vcpus", 1, "kernel", kernel, "cmdline", "quiet", "disks", disks)));
        made.add(uuid);
        return uuid;
    }

    private void awaitConnected(String uuid, int disks) throws Exception {
        Await.until("they are connected", SOON, () -> {
            JsonNode all = api.get("/v1/domains/" + uuid + "/disks").body();
            long connected = StreamSupport.stream(all.spliterator(), false)
                    .filter(disk -> disk.path("state").asText().equals("connected"))
                    .count();
            return connected == disks;
        });
    }

    private long vnodes() {
        return host.hypervisor().blockDevices().loops().size();
    }

    /** What the ancestors could not: the size is that of the file, and the guest's number of xvda is not looked for in dom0's /dev. */
    @Test
    void bootsALinuxGuestFromAFileAndGivesItsVnodeDiskBack() throws Exception {
        Path root = image("root disk.img", "HELLO-FROM-NETBSD");
        String uuid = create(
                "linux",
                "sim:linux",
                List.of(Map.of("target", root.toString(), "vdev", "xvda"), Map.of("vdev", "xvdc", "device", "cdrom")));
        awaitConnected(uuid, 2);
        String backend = "/local/domain/0/backend/vbd/" + domid(uuid) + "/51712";
        String path = host.store().read(0, backend + "/physical-device-path").orElseThrow();
        assertThat(path).matches("/dev/vnd[01]d");
        // Major 14, sixteen minors a disk, and d is the fourth of them.
        int minor = 16 * (path.charAt("/dev/vnd".length()) - '0') + 3;
        assertThat(host.store().read(0, backend + "/physical-device")).contains(String.valueOf(14 << 8 | minor));
        assertThat(host.store().read(0, backend + "/sectors")).contains(String.valueOf(MIB / 512));
        try (ConsoleViewer console = booted(uuid)) {
            assertThat(run(console, "head -c 17 /dev/xvda")).contains("HELLO-FROM-NETBSD");
            run(console, "write /dev/xvda 4096 FROM-THE-GUEST");
            Await.until(
                    "it is in the file",
                    SOON,
                    () -> new String(Files.readAllBytes(root), 4096, 14, StandardCharsets.UTF_8)
                            .equals("FROM-THE-GUEST"));
        }
        Answer twice = api.post("/v1/domains/" + uuid + "/disks", Map.of("target", root.toString(), "vdev", "xvdb"));
        assertThat(twice.status()).as(twice.body().toString()).isEqualTo(409);
        Answer grown = api.sendText("PATCH", "/v1/domains/" + uuid + "/disks/xvda", "{\"sizeBytes\": " + 2 * MIB + "}");
        assertThat(grown.body().path("detail").asText()).contains("vnode disks do not grow");
        assertThat(Files.size(root)).isEqualTo(MIB);

        assertThat(daemon.stop()).isEmpty();
        restart();
        awaitConnected(uuid, 2);
        assertThat(vnodes()).isEqualTo(2);

        assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
        Await.until("its vnode disks are given back", SOON, () -> vnodes() == 0);
    }

    @Test
    void aDiskComesAndGoesWhileTheGuestRuns() throws Exception {
        Path first = image("hot.img", "HOT");
        String uuid = create("hot", "sim:linux", List.of());
        try (ConsoleViewer console = booted(uuid)) {
            Answer attached =
                    api.post("/v1/domains/" + uuid + "/disks", Map.of("target", first.toString(), "vdev", "xvdb"));
            assertThat(attached.status()).as(attached.body().toString()).isEqualTo(201);
            assertThat(attached.body().path("state").asText()).isEqualTo("connected");
            assertThat(run(console, "head -c 3 /dev/xvdb")).contains("HOT");
            assertThat(vnodes()).isEqualTo(1);
        }
        assertThat(api.delete("/v1/domains/" + uuid + "/disks/xvdb").status()).isEqualTo(204);
        Await.until("its vnode disk is given back", SOON, () -> vnodes() == 0);
    }

    @Test
    void aPartitionIsAsLargeAsItsDisklabelSays() throws Exception {
        Path devices = Files.createDirectories(dir.resolve("host/sim-devices"));
        Files.write(devices.resolve("wd1d"), new byte[2 * MIB]);
        Files.writeString(
                devices.resolve(".table"), "wd1e disk=wd1d start=65536 bytes=524288\nwd1f disk=wd1d start=0 bytes=0\n");
        String uuid = api.create(new HashMap<>(Map.of(
                "name",
                "netbsd",
                "memoryMib",
                64,
                "vcpus",
                1,
                "kernel",
                "sim:netbsd",
                "guestOs",
                "netbsd",
                "disks",
                List.of(Map.of("target", "/dev/sim/wd1e", "vdev", "wd0d")))));
        made.add(uuid);
        awaitConnected(uuid, 1);

        JsonNode disk = api.get("/v1/domains/" + uuid + "/disks").body().path(0);
        assertThat(disk.path("sizeBytes").asLong()).isEqualTo(524288);
        assertThat(host.store().read(0, "/local/domain/0/backend/vbd/" + domid(uuid) + "/" + number(disk) + "/sectors"))
                .contains("1024");
        Answer whole = api.post("/v1/domains/" + uuid + "/disks", Map.of("target", "/dev/sim/wd1d", "vdev", "wd1d"));
        assertThat(whole.status()).as(whole.body().toString()).isEqualTo(409);
        Answer none = api.post("/v1/domains/" + uuid + "/disks", Map.of("target", "/dev/sim/wd1f", "vdev", "wd1d"));
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.body().path("detail").asText()).contains("its size is 0");
    }

    private static String number(JsonNode disk) {
        return disk.path("virtualDevice").asText();
    }

    @Test
    void refusesWhatNetbsdCannotDo() {
        Answer bridge = api.post("/v1/networks", Map.of("name", "n", "create", true, "bridge", "xcs-n"));
        assertThat(bridge.status()).isEqualTo(400);
        assertThat(bridge.body().path("field").asText()).isEqualTo("bridge");
        Answer named = api.post(
                "/v1/domains",
                Map.of(
                        "name",
                        "named",
                        "memoryMib",
                        64,
                        "vcpus",
                        1,
                        "kernel",
                        "sim:linux",
                        "vifs",
                        List.of(Map.of("bridge", "bridge0", "vifname", "web0"))));
        assertThat(named.status()).as(named.body().toString()).isIn(409, 422, 500, 501, 503);
        assertThat(named.body().path("detail").asText()).contains("NetBSD cannot rename interfaces");
    }
}
