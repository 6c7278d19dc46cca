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
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Networks of every kind on real Xen. Outside of dom0, in a network namespace of its own, is a host that knows no way to the guests: 192.0.2.2
 * behind dom0's interface out0 with 192.0.2.1.
 */
@EnabledIfEnvironmentVariable(
        named = Lab.VARIABLE,
        matches = ".+",
        disabledReason = "no lab: run scripts/lab up and set XCS_LAB to the project root")
class NetworksLabIT {
    private static final Duration BOOT = Duration.ofSeconds(180);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PINGED = " 0% packet loss";
    /** Each kill takes most of a minute, for the daemon starts anew: by -Dxcs.lab.all-kills=true all of them, else four. */
    private static final boolean ALL_KILLS = Boolean.getBoolean("xcs.lab.all-kills");

    private ApiClient api;

    @BeforeEach
    void connect() throws Exception {
        api = Lab.api();
        inDom0("ip netns add outside; ip link add out0 type veth peer name eth0 netns outside; ip addr add"
                + " 192.0.2.1/24 dev out0; ip link set out0 up; ip -n outside addr add 192.0.2.2/24 dev eth0; ip"
                + " -n outside link set eth0 up; ip -n outside link set lo up");
    }

    @AfterEach
    void leavesNothing() throws Exception {
        Lab.removeGuests();
        for (JsonNode network : api.get("/v1/networks").body()) {
            Answer gone = api.delete("/v1/networks/" + network.path("name").asText());
            assertThat(gone.status()).as(gone.body().toString()).isEqualTo(204);
        }
        inDom0(
                "pkill -f '[b]usybox httpd'; pkill -f '[b]usybox nc'; ip netns del outside; ip link del out0 2>/dev/null; true");
        Await.until(
                "no interface is left",
                SOON,
                () -> inDom0("ls /sys/class/net")
                        .lines()
                        .noneMatch(name -> name.startsWith("vif") || name.startsWith("xcs-")));
        assertThat(inDom0("pgrep -a dnsmasq; ls /run/xcs/networks 2>/dev/null; nft list ruleset | grep -w xcs; true"))
                .isBlank();
        assertThat(inDom0("xenstore-ls /local/domain/0/backend/vif 2>/dev/null; true"))
                .isBlank();
    }

    private static String inDom0(String script) throws Exception {
        return Lab.exec("bash", "-c", script).expectOk();
    }

    private String create(String name, Map<String, Object> vif) {
        Map<String, Object> spec = new HashMap<>(Lab.linux(name));
        spec.put("vifs", List.of(vif));
        return api.create(spec);
    }

    private JsonNode vif(String uuid) {
        return api.get("/v1/domains/" + uuid + "/vifs").body().path(0);
    }

    private Answer change(String uuid, String body) {
        return api.sendText("PATCH", "/v1/domains/" + uuid + "/vifs/0", body);
    }

    private ConsoleViewer booted(String uuid) throws Exception {
        ConsoleViewer console = api.console(uuid);
        console.awaitText("GUEST-UP", BOOT);
        return console;
    }

    private static void address(ConsoleViewer console, String cidr) throws Exception {
        run(console, "ip addr flush dev eth0; ip addr add " + cidr + " dev eth0; ip link set eth0 up");
    }

    /** What a guest does with what it is given: address, way out, and who knows names. */
    private static void dhcp(ConsoleViewer console) throws Exception {
        run(
                console,
                "printf '#!/bin/sh\\n"
                        + "[ $1 = bound ] || exit 0\\n"
                        + "ip addr flush dev $interface\\n"
                        + "ip addr add $ip/24 dev $interface\\n"
                        + "ip route add default via $router\\n"
                        + "mkdir -p /etc\\n"
                        + "echo nameserver $dns > /etc/resolv.conf\\n"
                        + "' > /dhcp; chmod 755 /dhcp");
        assertThat(run(console, "udhcpc -i eth0 -s /dhcp -n -q -t 10 2>&1 | tail -n 3"))
                .contains("obtained");
    }

    private static String ping(ConsoleViewer console, String address) throws Exception {
        return run(console, "ping -c 3 -W 3 " + address + " | tail -n 3");
    }

    private void made(Map<String, Object> network) {
        Answer made = api.post("/v1/networks", network);
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    }

    @Test
    void guestsOnABridgeReachEachOtherAndDom0ButNotByAnotherName() throws Exception {
        String one = create("one", Map.of("bridge", "xenbr0", "ip", List.of("10.77.0.11")));
        String two = create("two", Map.of("bridge", "xenbr0"));
        try (ConsoleViewer first = booted(one);
                ConsoleViewer second = booted(two)) {
            address(first, "10.77.0.11/24");
            address(second, "10.77.0.12/24");
            assertThat(ping(first, "10.77.0.1")).contains(PINGED);
            assertThat(ping(first, "10.77.0.12")).contains(PINGED);
            assertThat(ping(second, "10.77.0.11")).contains(PINGED);
            assertThat(inDom0("ping -c 2 -W 3 10.77.0.11")).contains(PINGED);
            assertThat(vif(one).path("state").asText()).isEqualTo("connected");
            assertThat(vif(one).path("statistics").path("receivedBytes").asLong())
                    .isPositive();
            assertThat(vif(one).path("statistics").path("transmittedBytes").asLong())
                    .isPositive();
            assertThat(inDom0("xl network-list one"))
                    .contains(vif(one).path("mac").asText());

            long before = vif(one).path("statistics").path("filtered").asLong();
            address(first, "10.77.0.99/24");
            assertThat(ping(first, "10.77.0.12")).contains("100% packet loss");
            long after = vif(one).path("statistics").path("filtered").asLong();
            assertThat(after).as("a stolen IP address").isGreaterThan(before);

            run(second, "ip link set eth0 down; ip link set eth0 address 00:16:3e:66:66:66; ip link set eth0 up");
            assertThat(ping(second, "10.77.0.1")).contains("100% packet loss");
            assertThat(vif(two).path("statistics").path("filtered").asLong())
                    .as("a stolen MAC address")
                    .isPositive();
        }
    }

    @Test
    void aNatGuestGetsItsAddressItsNamesAndTheWorldAndIsServedThroughAForward() throws Exception {
        made(Map.of(
                "name", "inner",
                "kind", "nat",
                "subnet", "10.80.0.0/24",
                "hosts", Map.of("served.example", "192.0.2.2"),
                "forwards", List.of(Map.of("protocol", "tcp", "hostPort", 8088, "to", "10.80.0.5", "port", 80))));
        String uuid = create("nat", Map.of("network", "inner", "ip", List.of("10.80.0.5")));
        try (ConsoleViewer console = booted(uuid)) {
            dhcp(console);
            assertThat(run(console, "ip addr show eth0")).contains("10.80.0.5/24");
            assertThat(run(console, "nslookup served.example 2>&1 | tail -n 4")).contains("192.0.2.2");
            assertThat(ping(console, "192.0.2.2")).contains(PINGED);
            run(console, "mkdir -p /www; echo FROM-THE-GUEST > /www/index.html; httpd -h /www -p 80");
            assertThat(inDom0("curl -sS -m 20 http://192.0.2.1:8088/")).contains("FROM-THE-GUEST");
            assertThat(inDom0("ip netns exec outside curl -sS -m 20 http://192.0.2.1:8088/"))
                    .contains("FROM-THE-GUEST");

            Lab.lab("daemon", "kill9").expectOk();
            assertThat(inDom0("ping -c 2 -W 3 10.80.0.5; curl -sS -m 20 http://192.0.2.1:8088/"))
                    .as("without a daemon")
                    .contains(PINGED, "FROM-THE-GUEST");
            Lab.lab("daemon", "start").expectOk();
            api = Lab.api();
        }
        try (ConsoleViewer console = api.console(uuid)) {
            assertThat(ping(console, "192.0.2.2")).as("with the next daemon").contains(PINGED);
            dhcp(console);
            assertThat(run(console, "ip addr show eth0")).contains("10.80.0.5/24");
            assertThat(inDom0("pgrep -c dnsmasq").strip()).isEqualTo("1");
        }
        Answer used = api.delete("/v1/networks/inner");
        assertThat(used.status()).as(used.body().toString()).isEqualTo(409);
    }

    @Test
    void aRoutedGuestIsReachedByItsAddress() throws Exception {
        made(Map.of("name", "outer", "kind", "routed", "uplink", "out0"));
        String uuid = create("routed", Map.of("network", "outer", "ip", List.of("192.0.2.50")));
        try (ConsoleViewer console = booted(uuid)) {
            address(console, "192.0.2.50/32");
            run(console, "ip route add default dev eth0");
            Await.until(
                    "it is reached from outside",
                    SOON,
                    () -> Lab.exec("bash", "-c", "ip netns exec outside ping -c 2 -W 3 192.0.2.50")
                                    .exit()
                            == 0);
            assertThat(ping(console, "192.0.2.2")).contains(PINGED);
        }
    }

    @Test
    void vifsComeMoveChangeAndGoUnderTraffic() throws Exception {
        made(Map.of("name", "aside", "kind", "bridge", "create", true));
        String uuid = create("mover", Map.of("bridge", "xenbr0"));
        String vifs = "/v1/domains/" + uuid + "/vifs";
        try (ConsoleViewer console = booted(uuid)) {
            address(console, "10.77.0.21/24");
            run(console, "ping -i 0.2 10.77.0.1 > /dev/null 2>&1 & true");
            assertThat(ping(console, "10.77.0.1")).contains(PINGED);

            Answer limited = change(uuid, "{\"rate\": \"100KB/s\"}");
            assertThat(limited.status()).as(limited.body().toString()).isEqualTo(200);
            // nc ends with the input of either side: this one has some for long enough
            inDom0("(sleep 60 | busybox nc -l -p 9009) < /dev/null > /dev/null 2>&1 &");
            String port = ":" + Integer.toHexString(9009) + " ";
            Await.until(
                    "dom0 listens",
                    SOON,
                    () -> Lab.exec("grep", "-q", port, "/proc/net/tcp", "/proc/net/tcp6")
                                    .exit()
                            == 0);
            // More than twice what TCP lets wait in the guest while its window grows: without a limit it takes no time.
            String slow =
                    run(console, "time sh -c 'dd if=/dev/zero bs=1000 count=1500 2> /dev/null' | nc 10.77.0.1 9009");
            assertThat(seconds(slow)).as(slow).isGreaterThan(2);

            Answer moved = change(uuid, "{\"network\": \"aside\", \"rate\": null}");
            assertThat(moved.status()).as(moved.body().toString()).isEqualTo(200);
            assertThat(ping(console, "10.77.0.1")).contains("100% packet loss");
            Answer back = change(uuid, "{\"bridge\": \"xenbr0\"}");
            assertThat(back.status()).as(back.body().toString()).isEqualTo(200);
            assertThat(ping(console, "10.77.0.1")).contains(PINGED);

            assertThat(change(uuid, "{\"link\": \"down\"}").status()).isEqualTo(200);
            assertThat(ping(console, "10.77.0.1")).contains("100% packet loss");
            assertThat(change(uuid, "{\"link\": \"up\"}").status()).isEqualTo(200);
            assertThat(ping(console, "10.77.0.1")).contains(PINGED);

            Answer attached = api.post(vifs, Map.of("network", "aside"));
            assertThat(attached.status()).as(attached.body().toString()).isEqualTo(201);
            assertThat(attached.body().path("index").asInt()).isEqualTo(1);
            assertThat(run(console, "ls /sys/class/net")).contains("eth1");
            assertThat(api.delete(vifs + "/1").status()).isEqualTo(204);
            Await.until(
                    "the guest has lost it",
                    SOON,
                    () -> !run(console, "ls /sys/class/net").contains("eth1"));
            assertThat(api.post(vifs, Map.of("network", "aside")).status())
                    .as("again")
                    .isEqualTo(201);
        }
    }

    private static double seconds(String timed) {
        var real =
                java.util.regex.Pattern.compile("real\\s+(\\d+)m\\s*([0-9.]+)s").matcher(timed);
        assertThat(real.find()).as(timed).isTrue();
        return Integer.parseInt(real.group(1)) * 60 + Double.parseDouble(real.group(2));
    }

    /** To a guest of its own: xl attaches nothing where it has not kept a configuration. */
    @Test
    void aVifThatXlAttachedIsListed() throws Exception {
        inDom0("mkdir -p /var/log/xen; xl create -p -q /opt/lab/grub.cfg.xl");
        try {
            inDom0("xl network-attach grub bridge=xenbr0 mac=00:16:3e:12:34:56");
            String uuid = inDom0("xl domid grub; xl vm-list | grep -w grub").split("\\s+")[1];
            Await.until(
                    "it is listed",
                    SOON,
                    () -> api.get("/v1/domains/" + uuid + "/vifs").body().size() == 1);
            JsonNode theirs = vif(uuid);
            assertThat(theirs.path("mac").asText()).isEqualTo("00:16:3e:12:34:56");
            assertThat(theirs.path("managed").asBoolean()).isFalse();
            Map<String, Object> thief = new HashMap<>(Lab.grub("thief"));
            thief.put("vifs", List.of(Map.of("bridge", "xenbr0", "mac", "00:16:3e:12:34:56")));
            Answer refused = api.post("/v1/domains", thief);
            assertThat(refused.status()).as(refused.body().toString()).isEqualTo(409);
            assertThat(refused.body().path("detail").asText()).contains("vif 0 of domid");
        } finally {
            inDom0("xl destroy grub");
        }
    }

    /** Something that is asked of the daemon, by a program in dom0 so that the daemon can be killed at a moment of it. */
    private record Request(String method, String path, String body) {
        String curl() {
            return "curl -sS -m 100 -o /dev/null -X " + method
                    + " -H \"Authorization: Bearer $(cat /var/lib/xcs/admin.token)\" -H 'Content-Type: application/json'"
                    + (body.isEmpty() ? "" : " -d '" + body + "'") + " http://127.0.0.1:8080" + path;
        }

        /** How many seconds it takes. */
        double carryOut() throws Exception {
            String[] times = inDom0("date +%s%N; " + curl() + "; date +%s%N").split("\\s+");
            return (Long.parseLong(times[1]) - Long.parseLong(times[0])) / 1e9;
        }
    }

    /** Kills the daemon when a part of the time has passed that a request took, and looks at what its successor has made of it. */
    private void kill(double part, double seconds, Request request, String witness) throws Exception {
        String moment = String.format(Locale.ROOT, "%.3f", part * seconds);
        String what = request + " killed after " + moment + " s of " + seconds;
        inDom0("{ " + request.curl() + "; } > /dev/null 2>&1 & sleep " + moment + "; /run/lab/daemon kill9; wait");
        assertThat(inDom0("ping -c 3 -W 5 10.82.0.5"))
                .as("without a daemon: " + what)
                .contains(PINGED);
        Lab.lab("daemon", "start").expectOk();
        api = Lab.api();
        // The kernel's back-end takes interfaces away when it gets to it.
        String[] seen = new String[2];
        try {
            Await.until(what, SOON, () -> {
                seen[0] = wanted();
                seen[1] = there();
                return seen[0].equals(seen[1]);
            });
        } catch (AssertionError late) {
            assertThat(seen[1]).as(what).isEqualTo(seen[0]);
        }
        for (JsonNode network : api.get("/v1/networks").body()) {
            assertThat(network.path("problem").isMissingNode()
                            || network.path("problem").isNull())
                    .as(what + ": " + network)
                    .isTrue();
        }
        assertThat(inDom0("ping -c 3 -W 5 10.82.0.5")).as(what).contains(PINGED);
        try (ConsoleViewer console = api.console(witness)) {
            assertThat(ping(console, "10.82.0.1")).as(what).contains(PINGED);
        }
    }

    /** What of networks and domains there is in dom0. */
    private static String there() throws Exception {
        return sorted(inDom0("for b in /sys/class/net/xcs-*/bridge; do [ -d $b ] && b=${b%/*} && echo bridge ${b##*/};"
                        + " done; nft list tables | sed -n 's/^table inet xcs-/rules /p'; pgrep -a dnsmasq | sed -n"
                        + " 's#.*--conf-file=/run/xcs/networks/\\([^/]*\\)/conf.*#dnsmasq \\1#p'; ls /run/xcs/networks | sed"
                        + " 's/^/served /'; ls /sys/class/net | sed -n 's/^vif/interface vif/p'; for d in $(xenstore-list"
                        + " /local/domain/0/backend/vif 2> /dev/null); do for i in $(xenstore-list"
                        + " /local/domain/0/backend/vif/$d); do echo nodes vif$d.$i; done; done; nft list counters table netdev"
                        + " xcs 2> /dev/null | sed -n 's/.*counter .*\\(vif[0-9.]*\\) .*/guard \\1/p'; ip neigh show proxy; xl list |"
                        + " tail -n +2 | awk '{ print \"domid\", $2 }'")
                .lines());
    }

    /** What there is to be, by what the API says. */
    private String wanted() {
        List<String> lines = new ArrayList<>();
        for (JsonNode network : api.get("/v1/networks").body()) {
            String name = network.path("name").asText();
            lines.addAll(List.of(
                    "bridge " + network.path("interface").asText(),
                    "rules " + name,
                    "dnsmasq " + name,
                    "served " + name));
        }
        for (JsonNode domain : api.get("/v1/domains").body()) {
            String domid = domain.path("domid").asText();
            lines.add("domid " + domid);
            if (!domid.equals("0")) {
                for (JsonNode vif : api.get("/v1/domains/" + domain.path("uuid").asText() + "/vifs")
                        .body()) {
                    String name = "vif" + domid + "." + vif.path("index").asText();
                    lines.addAll(List.of("interface " + name, "nodes " + name, "guard " + name));
                }
            }
        }
        return sorted(lines.stream());
    }

    private static String sorted(Stream<String> lines) {
        return String.join("\n", lines.sorted().toList());
    }

    private boolean isThere(String collection, String name) {
        return api.get(collection).body().findValuesAsText("name").contains(name);
    }

    private boolean hasSecond(String uuid) {
        return api.get("/v1/domains/" + uuid + "/vifs").body().size() == 2;
    }

    private String uuidOf(String name) {
        for (JsonNode domain : api.get("/v1/domains").body()) {
            if (domain.path("name").asText().equals(name)) {
                return domain.path("uuid").asText();
            }
        }
        throw new AssertionError("no domain " + name);
    }

    /** Each request runs once as it is, to know how long it takes, and most then with a kill in it. */
    @Test
    void aDaemonThatIsKilledInTheMiddleLeavesNothingStrayAndGuestsNoticeNothing() throws Exception {
        made(Map.of("name", "steady", "kind", "nat", "subnet", "10.82.0.0/24"));
        String witness = create("witness", Map.of("network", "steady", "ip", List.of("10.82.0.5")));
        String second = "/v1/domains/" + witness + "/vifs/1";
        Request makeNetwork = new Request(
                "POST", "/v1/networks", "{\"name\":\"brief\",\"kind\":\"nat\",\"subnet\":\"10.83.0.0/24\"}");
        Request dropNetwork = new Request("DELETE", "/v1/networks/brief", "");
        Request makeDomain = new Request(
                "POST",
                "/v1/domains",
                "{\"name\":\"brief\",\"memoryMib\":64,\"vcpus\":1,\"kernel\":\"/opt/lab/grub-x86_64-xen.bin\","
                        + "\"vifs\":[{\"network\":\"brief\"}]}");
        Request attach = new Request("POST", "/v1/domains/" + witness + "/vifs", "{\"network\":\"brief\"}");
        Request move = new Request("PATCH", second, "{\"network\":\"steady\"}");
        Request detach = new Request("DELETE", second, "");
        try (ConsoleViewer console = booted(witness)) {
            address(console, "10.82.0.5/24");
        }
        double makingNetwork = makeNetwork.carryOut();
        double makingDomain = makeDomain.carryOut();
        double droppingDomain = new Request("DELETE", "/v1/domains/" + uuidOf("brief"), "").carryOut();
        double attaching = attach.carryOut();
        double moving = move.carryOut();
        double detaching = detach.carryOut();
        double droppingNetwork = dropNetwork.carryOut();
        assertThat(there()).isEqualTo(wanted());

        kill(0.5, makingNetwork, makeNetwork, witness);
        if (!isThere("/v1/networks", "brief")) {
            makeNetwork.carryOut();
        }
        kill(0.3, makingDomain, makeDomain, witness);
        if (!isThere("/v1/domains", "brief")) {
            makeDomain.carryOut();
        }
        kill(0.7, droppingDomain, new Request("DELETE", "/v1/domains/" + uuidOf("brief"), ""), witness);
        if (isThere("/v1/domains", "brief")) {
            api.delete("/v1/domains/" + uuidOf("brief"));
        }
        killIf(ALL_KILLS, attaching, attach, witness);
        if (!hasSecond(witness)) {
            attach.carryOut();
        }
        killIf(ALL_KILLS, moving, move, witness);
        kill(0.5, detaching, detach, witness);
        if (hasSecond(witness)) {
            detach.carryOut();
        }
        killIf(ALL_KILLS, droppingNetwork, dropNetwork, witness);
    }

    private void killIf(boolean wanted, double usual, Request request, String witness) throws Exception {
        if (wanted) {
            kill(0.5, usual, request, witness);
        } else {
            request.carryOut();
        }
    }

    @Test
    void refusesWhatCannotBe() {
        made(Map.of("name", "taken", "kind", "nat", "subnet", "10.81.0.0/24"));
        for (Map<String, Object> bad : List.<Map<String, Object>>of(
                Map.of("name", "taken", "kind", "bridge", "bridge", "xenbr0"),
                Map.of("name", "overlap", "kind", "nat", "subnet", "10.81.0.128/25"),
                Map.of("name", "bad", "kind", "nat", "subnet", "10.81.0.1/24"),
                Map.of("name", "bad", "kind", "nat", "subnet", "10.77.0.0/24"),
                Map.of("name", "bad", "kind", "bridge", "bridge", "nobridge0"),
                Map.of("name", "b;ad", "kind", "bridge", "bridge", "xenbr0"),
                Map.of("name", "n".repeat(4097), "kind", "bridge", "bridge", "xenbr0"))) {
            Answer refused = api.post("/v1/networks", bad);
            assertThat(refused.status()).as(bad + " " + refused.body()).isBetween(400, 422);
            assertThat(refused.body().path("detail").asText()).isNotBlank();
        }
        for (Map<String, Object> bad : List.<Map<String, Object>>of(
                Map.of("network", "nowhere"),
                Map.of("bridge", "nobridge0"),
                Map.of("network", "taken", "ip", List.of("10.81.1.5")),
                Map.of("bridge", "xenbr0", "rate", "fast"),
                Map.of("bridge", "xenbr0", "mac", "01:00:5e:00:00:01"))) {
            Map<String, Object> spec = new HashMap<>(Lab.grub("refused"));
            spec.put("vifs", List.of(bad));
            Answer refused = api.post("/v1/domains", spec);
            assertThat(refused.status()).as(bad + " " + refused.body()).isBetween(400, 422);
        }
    }
}
