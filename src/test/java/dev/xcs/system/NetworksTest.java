package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.ApiClient.Answer;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks and vifs over HTTP, on the whole daemon and the simulated host, whose guests really send frames over its bridges. */
class NetworksTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String REACHED = "2 packets received";
    private static final String PROMPT = ":~# ";
    private static final String LOST = "0 packets received";

    @TempDir
    Path dir;

    private SimHost host;
    private RunningDaemon daemon;
    private ApiClient api;
    private final List<String> made = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(20)), dir.resolve("host"));
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
        var devices = host.hypervisor().networkDevices();
        assertThat(devices.made()).isEmpty();
        assertThat(devices.guarded()).isEmpty();
        Await.until(
                "no vif is left",
                SOON,
                () -> devices.links().stream().noneMatch(link -> link.name().startsWith("vif")));
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

    private void network(Map<String, Object> spec) {
        Answer answer = api.post("/v1/networks", spec);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
    }

    @Test
    void guestsOnABridgeReachEachOtherAndDom0() throws Exception {
        String one = create("one", "10.77.0.11/24", Map.of("bridge", "xenbr0"));
        String two = create("two", "10.77.0.12/24", Map.of());
        try (ConsoleViewer first = booted(one);
                ConsoleViewer second = booted(two)) {
            Await.until(
                    "it is connected",
                    SOON,
                    () -> vif(one).path("state").asText().equals("connected"));
            assertThat(ping(first, "10.77.0.1")).contains(REACHED);
            assertThat(ping(first, "10.77.0.12")).contains(REACHED);
            assertThat(ping(second, "10.77.0.11")).contains(REACHED);
            assertThat(vif(one).path("mac").asText()).startsWith("00:16:3e:");
            assertThat(vif(one).path("interface").asText()).startsWith("vif");
            assertThat(vif(one).path("statistics").path("transmittedPackets").asLong())
                    .isGreaterThan(4);
        }
    }

    @Test
    void aGuestOfOneNetworkDoesNotReachThatOfAnotherUntilItIsMovedThere() throws Exception {
        network(Map.of("name", "left", "kind", "bridge", "create", true));
        network(Map.of("name", "right", "kind", "bridge", "create", true));
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
            Answer used = api.delete("/v1/networks/right");
            assertThat(used.status()).as(used.body().toString()).isEqualTo(409);
            assertThat(api.delete("/v1/networks/left").status()).isEqualTo(204);
        }
    }

    @Test
    void whoSendsInAnothersNameIsStoppedAndCounted() throws Exception {
        String one = create("one", "10.77.0.11/24", Map.of("bridge", "xenbr0", "ip", List.of("10.77.0.11")));
        try (ConsoleViewer console = booted(one)) {
            assertThat(ping(console, "10.77.0.1")).contains(REACHED);
            long filtered = vif(one).path("statistics").path("filtered").asLong();
            for (String forgery : List.of("mac", "ip", "arp", "dhcp", "ra")) {
                run(console, "spoof " + forgery);
                long now = vif(one).path("statistics").path("filtered").asLong();
                assertThat(now).as(forgery).isGreaterThan(filtered);
                filtered = now;
            }
        }
    }

    @Test
    void aNatGuestGetsItsAddressAndTheWorld() throws Exception {
        network(Map.of("name", "inner", "kind", "nat", "subnet", "10.80.0.0/24"));
        String uuid = create("nat", "dhcp", Map.of("network", "inner"));
        try (ConsoleViewer console = booted(uuid)) {
            String address = vif(uuid).path("ip").path(0).asText();
            assertThat(address).startsWith("10.80.0.");
            Await.until(
                    "it has its address", SOON, () -> run(console, "ip addr").contains(address));
            assertThat(ping(console, "10.80.0.1")).contains(REACHED);
            assertThat(ping(console, "192.0.2.1")).contains(REACHED);
            JsonNode shown = api.get("/v1/networks").body().path(0);
            assertThat(shown.path("leases").path(0).path("ip").asText()).isEqualTo(address);
        }
    }

    @Test
    void vifsComeAndGoWhileTheGuestRunsAndAreThereAtItsNextBoot() throws Exception {
        String uuid = create("hot", "10.77.0.11/24", Map.of("bridge", "xenbr0"));
        String vifs = "/v1/domains/" + uuid + "/vifs";
        try (ConsoleViewer console = booted(uuid)) {
            Answer attached = api.post(vifs, Map.of("bridge", "xenbr0", "rate", "1MB/s"));
            assertThat(attached.status()).as(attached.body().toString()).isEqualTo(201);
            assertThat(attached.body().path("index").asInt()).isEqualTo(1);
            assertThat(attached.body().path("state").asText()).isEqualTo("connected");
            assertThat(run(console, "ip addr")).contains("eth1");
            String kept = attached.body().path("mac").asText();

            assertThat(api.delete(vifs + "/0").status()).isEqualTo(204);
            assertThat(api.get(vifs).body()).hasSize(1);
            assertThat(api.delete(vifs + "/0").status()).isEqualTo(404);

            assertThat(api.state(uuid, "rebooted").status()).isEqualTo(200);
            Await.until("it is booted again", SOON, () -> {
                JsonNode all = api.get(vifs).body();
                return all.size() == 1
                        && all.path(0).path("index").asInt() == 0
                        && all.path(0).path("mac").asText().equals(kept)
                        && all.path(0).path("state").asText().equals("connected");
            });
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
        assertThat(vif(uuid).path("network").asText()).isEqualTo("kept");
        assertThat(vif(uuid).path("managed").asBoolean()).isTrue();
        try (ConsoleViewer console = api.console(uuid)) {
            Await.until(
                    "it reaches dom0", SOON, () -> ping(console, "10.90.0.1").contains(REACHED));
        }
        String second = create("second", "dhcp", Map.of("network", "kept"));
        assertThat(vif(second).path("ip").path(0).asText()).isNotEqualTo(before);
    }

    private JsonNode requested(String uuid, String subtype, Map<String, Object> payload) {
        return api.post("/v1/requests", Map.of("domain", uuid, "subtype", subtype, "payload", payload))
                .body();
    }

    private List<String> told(String uuid, String types) {
        return api.lines("/v1/events?since=0&types=" + types + "&domain=" + uuid).stream()
                .map(line -> line.path("subtype").asText())
                .filter(subtype -> !subtype.isEmpty())
                .toList();
    }

    private List<String> limits(String uuid) {
        return api.lines("/v1/events?since=0&types=NETIF_BE&domain=" + uuid).stream()
                .filter(line -> line.path("subtype").asText().equals("NETIF_BE.CREDITLIMIT"))
                .map(line -> line.path("payload").path("rate").asText())
                .toList();
    }

    @Test
    void theSwitchCarriesRequestsAboutVifsAndTellsWhatBecomesOfThem() throws Exception {
        String uuid = create("switched", "", Map.of("bridge", "xenbr0"));
        try (ConsoleViewer console = booted(uuid)) {
            JsonNode done = requested(
                    uuid, "NETIF_BE.CREATE", Map.of("kind", "vif", "vif", Map.of("bridge", "xenbr0", "rate", "1MB/s")));
            assertThat(done.path("outcome").asText()).as(done.toString()).isEqualTo("done");
            assertThat(run(console, "ip addr")).contains("eth1");
            Map<String, Object> limit = new HashMap<>(Map.of("kind", "vif-rate", "index", 1, "rate", "10Mb/s@20ms"));
            assertThat(requested(uuid, "NETIF_BE.CREDITLIMIT", limit)
                            .path("outcome")
                            .asText())
                    .isEqualTo("done");
            JsonNode limited = api.get("/v1/domains/" + uuid + "/vifs").body().path(1);
            assertThat(limited.path("rate").asText()).isEqualTo("1250KB/s@20ms");
            JsonNode unlimited = requested(uuid, "NETIF_BE.CREDITLIMIT", Map.of("kind", "vif-rate", "index", 1));
            assertThat(unlimited.path("outcome").asText())
                    .as(unlimited.toString())
                    .isEqualTo("done");
            assertThat(api.get("/v1/domains/" + uuid + "/vifs").body().path(1).has("rate"))
                    .isFalse();
            JsonNode gone =
                    requested(uuid, "NETIF_BE.DESTROY", Map.of("kind", "vif-removal", "index", 1, "force", false));
            assertThat(gone.path("outcome").asText()).as(gone.toString()).isEqualTo("done");
            assertThat(api.get("/v1/domains/" + uuid + "/vifs").body()).hasSize(1);
            JsonNode again =
                    requested(uuid, "NETIF_BE.DESTROY", Map.of("kind", "vif-removal", "index", 1, "force", false));
            assertThat(again.path("outcome").asText()).isEqualTo("refused");
            assertThat(again.path("problem").path("field").asText()).isEqualTo("payload.index");
            JsonNode wrong =
                    requested(uuid, "NETIF_BE.CREATE", Map.of("kind", "vif", "vif", Map.of("network", "nowhere")));
            assertThat(wrong.path("problem").path("field").asText()).isEqualTo("payload.vif.network");
            for (String subtype : List.of(
                    "NETIF_BE.CREATE",
                    "NETIF_BE.CONNECT",
                    "NETIF_BE.CREDITLIMIT",
                    "NETIF_BE.DISCONNECT",
                    "NETIF_BE.DESTROY")) {
                Await.until(
                        subtype + " is told", SOON, () -> told(uuid, "NETIF_BE").contains(subtype));
            }
            // Netfront has no state in between: it is there or not.
            assertThat(told(uuid, "NETIF_FE")).contains("NETIF_FE.INTERFACE_STATUS");
            // The last limit leaves no node that could be read, so the request itself is told a little after its
            // answer.
            Await.until("no limit is told", SOON, () -> limits(uuid).contains(""));
            assertThat(limits(uuid))
                    .startsWith("1MB/s")
                    .contains("1250KB/s@20ms")
                    .endsWith("");
        }
    }

    @Test
    void aPortOfDom0LeadsToAGuestAndARoutedGuestIsReachedByItsAddress() throws Exception {
        network(Map.of("name", "outer", "kind", "routed", "uplink", "xenbr0", "subnet", "10.77.0.0/24"));
        String routed = create("routed", "10.77.0.50/24", Map.of("network", "outer", "ip", List.of("10.77.0.50")));
        String other = create("other", "10.77.0.60/24", Map.of("bridge", "xenbr0"));
        try (ConsoleViewer console = booted(routed);
                ConsoleViewer neighbour = booted(other)) {
            assertThat(ping(neighbour, "10.77.0.50")).contains(REACHED);
            assertThat(ping(console, "10.77.0.1")).contains(REACHED);
        }
        Answer without = api.post("/v1/domains/" + routed + "/vifs", Map.of("network", "outer"));
        assertThat(without.status()).isEqualTo(400);
        assertThat(without.body().path("field").asText()).isEqualTo("ip");
    }

    @Test
    void refusesWhatAnotherHas() throws Exception {
        create("one", "", Map.of("bridge", "xenbr0", "mac", "00:16:3e:00:00:01", "vifname", "uplink7"));
        for (Map<String, Object> twice : List.<Map<String, Object>>of(
                Map.of("bridge", "xenbr0", "mac", "00:16:3e:00:00:01"),
                Map.of("bridge", "xenbr0", "vifname", "uplink7"))) {
            Answer refused = api.post(
                    "/v1/domains",
                    Map.of(
                            "name",
                            "thief",
                            "memoryMib",
                            64,
                            "vcpus",
                            1,
                            "kernel",
                            "sim:linux",
                            "vifs",
                            List.of(twice)));
            assertThat(refused.status()).as(refused.body().toString()).isEqualTo(409);
            assertThat(refused.body().path("detail").asText()).contains("vif 0 of domain one");
            assertThat(refused.body().path("field").asText()).startsWith("vifs[0].");
        }
        assertThat(api.get("/v1/domains").body()).hasSize(2);
    }

    /** Asks for a domain whose vif is connected by a script. */
    private Answer scripted(String script) {
        return api.post(
                "/v1/domains",
                Map.of(
                        "name",
                        "scripted",
                        "memoryMib",
                        64,
                        "vcpus",
                        1,
                        "kernel",
                        "sim:linux",
                        "vifs",
                        List.of(Map.of("bridge", "xenbr0", "script", script))));
    }

    @Test
    void runsNoScriptFromElsewhere() {
        Answer refused = scripted("/bin/true");
        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(400);
        assertThat(refused.body().path("field").asText()).isEqualTo("vifs[0].script");
    }

    private Path withScript(String text) throws Exception {
        assertThat(daemon.stop()).isEmpty();
        Path scripts = Files.createDirectories(dir.resolve("scripts"));
        daemon =
                RunningDaemon.startOn(host, dir.resolve("state"), Map.of("block.script-directory", scripts.toString()));
        api = daemon.api();
        Path script = Files.writeString(scripts.resolve("vif-own"), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }

    @Test
    void aScriptOfTheUsersConnectsAVifAndUndoesIt() throws Exception {
        Path told = dir.resolve("told");
        withScript("echo $* $vif $XENBUS_TYPE $XENBUS_PATH >> " + told);
        String uuid = create("scripted", "", Map.of("bridge", "xenbr0", "script", "vif-own"));
        int domid = api.get("/v1/domains/" + uuid).body().path("domid").asInt();
        assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
        String rest = " type_if=vif vif" + domid + ".0 vif backend/vif/" + domid + "/0";
        assertThat(Files.readAllLines(told)).containsExactly("online" + rest, "offline" + rest);
    }

    @Test
    void whatAScriptComplainsOfIsTheAnswer() throws Exception {
        withScript("[ $1 = offline ] || { echo 'no such bridge here' >&2; exit 3; }");
        Answer refused = scripted("vif-own");
        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(422);
        assertThat(refused.body().toString()).contains("vif-own", "no such bridge here", "3");
        assertThat(api.get("/v1/domains").body()).hasSize(1);
    }
}
