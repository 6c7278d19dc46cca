package dev.xcs.lab;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;

/** The acceptance of the spine in one go, told as it happens: {@code scripts/lab demo}. Exits 1 at the first thing that is wrong. */
public final class LabDemo {
    private static final PrintStream OUT = System.out;

    private final ApiClient api;

    private LabDemo(ApiClient api) {
        this.api = api;
    }

    public static void main(String[] args) throws Exception {
        try {
            new LabDemo(Lab.api()).run();
        } catch (AssertionError failure) {
            OUT.println("FAILED: " + failure.getMessage());
            System.exit(1);
        }
    }

    private void run() throws Exception {
        step("The host, by GET /v1/host");
        JsonNode host = expect(200, api.get("/v1/host"));
        OUT.println(host.toPrettyString());
        check(!host.path("simulated").asBoolean(true), "this is a real Xen");

        step("Create a guest from Debian's cloud kernel, by POST /v1/domains");
        String uuid = api.create(Lab.linux("demo"));
        OUT.println(expect(200, api.get("/v1/domains/" + uuid)).toPrettyString());

        try (ConsoleViewer console = api.console(uuid)) {
            step("Its console, from the websocket, until its shell is up");
            OUT.println(console.awaitText("GUEST-UP", Duration.ofSeconds(90)));
            unameOverConsole(console);
            pauseAndUnpause(uuid, console);
            reboot(uuid, console);
        }

        step("As xl sees it: xl list");
        String listed = Lab.exec("xl", "list").expectOk();
        OUT.println(listed);
        check(listed.lines().anyMatch(line -> line.startsWith("demo ")), "xl list shows demo");

        destroy(uuid);
        OUT.println("\nThe demo is through: every step was seen to work.");
    }

    private void unameOverConsole(ConsoleViewer console) throws Exception {
        step("Type uname -a");
        int before = console.shown().length();
        console.type("uname -a; echo do'ne'\n");
        console.awaitText("done", Duration.ofSeconds(30));
        String answer = console.shown().substring(before);
        OUT.println(answer);
        check(answer.contains("GNU/Linux") || answer.contains("x86_64"), "uname -a was answered");
    }

    private void pauseAndUnpause(String uuid, ConsoleViewer console) throws Exception {
        step("Pause and unpause, by PUT /v1/domains/{uuid}/state");
        OUT.println(expect(200, api.state(uuid, "paused")).path("state").asText());
        check(
                Lab.exec("xl", "list").expectOk().lines().anyMatch(l -> l.startsWith("demo") && l.contains("p")),
                "xl says p");
        OUT.println(expect(200, api.state(uuid, "running")).path("state").asText());
        console.type("echo a'live'\n");
        console.awaitText("alive", Duration.ofSeconds(30));
    }

    private void reboot(String uuid, ConsoleViewer console) throws Exception {
        step("Reboot, by PUT /v1/domains/{uuid}/state; the viewer stays connected");
        int domid = domid(uuid);
        int before = console.shown().length();
        expect(200, api.state(uuid, "rebooted"));
        Await.until("a new domid", Duration.ofSeconds(60), () -> domid(uuid) > 0 && domid(uuid) != domid);
        Await.until(
                "the shell is up again",
                Duration.ofSeconds(90),
                () -> console.shown().substring(before).contains("GUEST-UP"));
        OUT.println("domid " + domid + " became " + domid(uuid) + ", the shell is up again");
    }

    private void destroy(String uuid) throws Exception {
        step("Destroy, by DELETE /v1/domains/{uuid}; nothing may be left");
        expect(204, api.delete("/v1/domains/" + uuid));
        expect(404, api.get("/v1/domains/" + uuid));
        String listed = Lab.exec("xl", "list").expectOk();
        OUT.println(listed);
        check(listed.lines().noneMatch(line -> line.startsWith("demo ")), "xl list is clean");
        String[] roots = {"/vm", "/libxl", "/local/domain", "/local/domain/0/backend"};
        for (String root : roots) {
            String left = Lab.exec(
                            "sh",
                            "-c",
                            "xenstore-ls -f " + root + " 2>/dev/null | grep -e " + uuid + " -e demo || true")
                    .expectOk();
            check(left.isBlank(), "nothing is left under " + root + " " + left);
        }
        OUT.println("xenstore-ls " + Arrays.toString(roots) + ": nothing of it is left");
    }

    private int domid(String uuid) {
        return api.get("/v1/domains/" + uuid).body().path("domid").asInt(-1);
    }

    private static JsonNode expect(int status, ApiClient.Answer answer) {
        check(answer.status() == status, "status " + status + ", got " + answer.status() + " " + answer.body());
        return answer.body();
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("expected: " + what);
        }
    }

    private static void step(String what) {
        OUT.println("\n== " + what);
    }
}
