package dev.xcs.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consoles on the web page, in a real browser, against the whole daemon on a simulated host that outlives it. */
class ConsoleBrowserIT {
    private static final String TAKE = "button:has-text('Take the keyboard')";
    private static final String STEAL = "button:has-text('Take over')";
    private static final String HOLDER = ".holder";
    private static final String BOOTS = "select[aria-label='Show from']";
    private static final Duration SOON = Duration.ofSeconds(90);

    private static Chromium chromium;

    @TempDir
    Path dir;

    private SimHost host;
    private RunningDaemon daemon;
    private ApiClient api;

    @BeforeAll
    static void open() {
        chromium = new Chromium();
    }

    @AfterAll
    static void shut() {
        chromium.close();
    }

    @BeforeEach
    void start() throws IOException {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(300)), dir.resolve("host"));
        daemon = RunningDaemon.startOn(host, dir.resolve("state"));
        api = daemon.api();
    }

    @AfterEach
    void stop() {
        daemon.close();
        host.close();
    }

    private String guest(String name, String onCrash) {
        Map<String, Object> spec = new HashMap<>(Map.of("memoryMib", 64, "vcpus", 1, "kernel", "sim:linux"));
        spec.put("name", name);
        spec.put("onCrash", onCrash);
        return api.create(spec);
    }

    /** At a guest's prompt. */
    private Surfer at(String uuid) {
        Surfer surfer = chromium.admin(api);
        surfer.go("#/domains/" + uuid);
        surfer.readsInConsole("#");
        return surfer;
    }

    @Test
    void createsAGuestSeesItBootAndIsAnswered() {
        try (Surfer admin = chromium.admin(api)) {
            admin.click("#new");
            admin.fill("input[name=name]", "web");
            admin.fill("input[name=memoryMib]", "64");
            admin.click("button:has-text('Create it')");
            admin.reads("h1", "web");
            admin.readsInConsole("Linux version 6.1.0-sim-amd64");
            admin.readsInConsole("root@web:~#");
            admin.type("echo an''swer");
            admin.readsInConsole("answer");
            admin.reads(HOLDER, "You have the keyboard");
            admin.photograph("console");
            assertThat(admin.joined()).contains("an''swer").contains("\nanswer");
            // Lower and lower, so that it has to fit anew each time.
            for (int height = 780; height > 700; height -= 6) {
                admin.page().setViewportSize(1440, height);
                admin.page()
                        .waitForFunction("() => document.querySelector('.xterm-screen').getBoundingClientRect().bottom"
                                + " <= document.querySelector('.screen').getBoundingClientRect().bottom");
            }
        }
    }

    @Test
    void handsTheKeyboardFromOneToTheOther() {
        String uuid = guest("web", "destroy");
        try (Surfer one = at(uuid);
                Surfer other = at(uuid)) {
            one.reads(".viewers", "2 viewers");
            one.type("echo o''ne");
            one.readsInConsole("one");
            other.readsInConsole("one");
            other.reads(HOLDER, "has the keyboard");
            other.type("echo n''ever");
            other.sees(".console-message");
            other.isAccessible("a console that somebody else has");
            other.photograph("console-watching");

            other.click(STEAL);
            other.reads(HOLDER, "You have the keyboard");
            one.reads(".console-message", "has taken the keyboard over");
            other.type("echo t''wo");
            one.readsInConsole("two");
            other.click("button:has-text('Give it back')");
            one.reads(HOLDER, "Nobody has the keyboard");
            one.click(TAKE);
            one.reads(HOLDER, "You have the keyboard");
            assertThat(other.joined() + one.joined()).doesNotContain("never").doesNotContain("n''ever");
        }
    }

    @Test
    void staysOpenWhileTheGuestReboots() throws Exception {
        String uuid = guest("web", "destroy");
        try (Surfer admin = at(uuid)) {
            admin.type("echo be''fore");
            admin.readsInConsole("before");
            int boots = count(admin.joined(), "Linux version");
            admin.click("button:has-text('Reboot')");
            admin.reads(BOOTS, "boot 2");
            admin.readsInConsole("root@web:~#");
            admin.type("echo af''ter");
            admin.awaitJoined("\nafter");
            assertThat(count(admin.joined(), "Linux version")).isEqualTo(boots + 1);
            admin.photograph("console-rebooted");

            admin.page().selectOption(BOOTS, "1");
            Await.until(
                    "it is shown from there",
                    SOON,
                    () -> admin.shows(".console-title .link.live")
                            && admin.told().stream()
                                            .filter(frame -> frame.contains("\"hello\""))
                                            .count()
                                    == 2);
            admin.readsInConsole("after");
            admin.reads(HOLDER, "You have the keyboard");
        }
    }

    @Test
    void losesNothingWhenTheDaemonIsRestarted() throws Exception {
        String uuid = guest("web", "destroy");
        URI address = daemon.apiAddress();
        try (Surfer admin = at(uuid).toleratingFailedRequests()) {
            admin.type("seq 20000");
            admin.awaitJoined("\n500\r\n");
            daemon.close();
            admin.reads(".console-title .link", "Connection lost");
            admin.photograph("console-lost");
            daemon = RunningDaemon.startOn(
                    host, dir.resolve("state"), Map.of("api.port", Integer.toString(address.getPort())));
            api = daemon.api();
            admin.reads(".console-title .link", "Connected");
            admin.awaitJoined("\n20000\r\n");
            String numbers =
                    IntStream.rangeClosed(1, 20000).mapToObj(Integer::toString).collect(Collectors.joining("\r\n"));
            assertThat(admin.joined()).contains(numbers);
            assertThat(admin.told()).noneMatch(frame -> frame.contains("\"gap\""));
            admin.reads(HOLDER, "You have the keyboard");
            admin.type("echo go''on");
            admin.readsInConsole("goon");
        }
    }

    @Test
    void showsTheLastLinesOfAGuestThatHasCrashed() {
        String uuid = guest("web", "preserve");
        try (Surfer admin = at(uuid).toleratingFailedRequests();
                Surfer elsewhere = chromium.admin(api).toleratingFailedRequests()) {
            admin.type("crash");
            admin.reads(".domain-title .state", "crashed");
            admin.reads(".crash h2", "web has crashed");
            admin.reads(".crash pre", "Kernel panic");
            admin.isAccessible("a crashed guest");
            admin.photograph("console-crashed");
            elsewhere.reads("tr:has-text('web') .state", "crashed");
            elsewhere.reads(".notice.failed", "web has crashed");
            elsewhere.reads(".notice.failed pre", "Kernel panic");
        }
    }

    @Test
    void keepsTheLastLinesOfAGuestThatIsDestroyedWhenItCrashes() {
        String uuid = guest("web", "destroy");
        try (Surfer admin = at(uuid).toleratingFailedRequests()) {
            admin.type("crash");
            admin.reads(".domain-title .state", "gone");
            admin.reads(".crash pre", "Kernel panic");
            admin.reads(".console-title .link", "The domain is gone");
        }
    }

    @Test
    void showsSeveralConsolesSideBySide() {
        String web = guest("web", "destroy");
        // Not a name that a uuid of the other may have in it.
        String mail = guest("mail", "destroy");
        try (Surfer admin = chromium.admin(api)) {
            admin.click("tr:has-text('web') input[type=checkbox]");
            admin.click("tr:has-text('mail') input[type=checkbox]");
            admin.click("a:has-text('Open 2 consoles')");
            admin.reads(".console:nth-child(1) .xterm-rows", "root@web:~#");
            admin.reads(".console:nth-child(2) .xterm-rows", "root@mail:~#");
            admin.click(".console:nth-child(2) .screen");
            admin.page().keyboard().type("hostname");
            admin.page().keyboard().press("Enter");
            admin.reads(".console:nth-child(2) .holder", "You have the keyboard");
            admin.reads(".console:nth-child(1) .holder", "Nobody has the keyboard");
            admin.photograph("consoles-two");
            admin.page().keyboard().press("F6");
            assertThat(admin.page().evaluate("() => document.activeElement.textContent.trim()"))
                    .isEqualTo("Give it back");
            admin.click("button[aria-label='Close the console of web']");
            admin.doesNotSee(".console:nth-child(2)");
            assertThat(admin.page().url()).contains(mail).doesNotContain(web);
        }
    }

    @Test
    void sharesAConsoleForLookingOnly() {
        String uuid = guest("web", "destroy");
        try (Surfer admin = at(uuid);
                Surfer stranger = chromium.surfer().toleratingFailedRequests()) {
            admin.click(".console button:has-text('Share')");
            admin.click("dialog button:has-text('Make a link')");
            String link = admin.sees("#share-link").inputValue();
            assertThat(link).startsWith(daemon.apiAddress() + "/share#");
            admin.isAccessible("the dialog of shares");
            admin.photograph("share-dialog");
            stranger.open(URI.create(link));
            stranger.readsInConsole("root@web:~#");
            assertThat(stranger.page().url()).doesNotContain("#");
            stranger.reads(HOLDER, "View only");
            stranger.type("echo n''ever");
            stranger.reads(".console-message", "looking only");
            stranger.isAccessible("a shared console");
            stranger.photograph("share");
            stranger.page().reload();
            stranger.readsInConsole("root@web:~#");
            admin.click("dialog button:has-text('Revoke')");
            stranger.reads(".console-title .link", "no longer good");
            assertThat(stranger.joined()).doesNotContain("never");
            try (Surfer late = chromium.surfer().toleratingFailedRequests()) {
                late.open(URI.create(link));
                late.reads("main", "This link does not work");
            }
        }
    }

    @Test
    void drawsColoursWithoutBreakingThePolicy() throws Exception {
        String uuid = guest("web", "destroy");
        try (Surfer admin = at(uuid)) {
            admin.page()
                    .evaluate("() => { document.addEventListener('securitypolicyviolation', event =>"
                            + " console.error(event.violatedDirective)); }");
            admin.type("echo '\u001b[38;2;200;10;90mtrue\u001b[0m \u001b[1;31mred\u001b[0m'");
            admin.awaitJoined("red");
            JsonNode host = api.get("/v1/host").body();
            assertThat(host.path("simulated").asBoolean()).isTrue();
            admin.photograph("console-colours");
        }
    }

    private void restart(Map<String, String> settings) throws IOException {
        daemon.close();
        daemon = RunningDaemon.startOn(host, dir.resolve("state"), settings);
        api = daemon.api();
    }

    private static int rows(Surfer surfer) {
        return surfer.page().locator(".xterm-rows > div").count();
    }

    @Test
    void drawsForTheSizeOfWhoHasTheKeyboard() throws Exception {
        String uuid = guest("web", "destroy");
        try (Surfer small = at(uuid);
                Surfer other = at(uuid)) {
            small.page().setViewportSize(800, 460);
            int own = rows(other);
            Await.until("it is smaller", SOON, () -> rows(small) < own);
            small.type("echo o''ne");
            other.reads(HOLDER, "has the keyboard");
            Await.until("the other is as small", SOON, () -> rows(other) == rows(small));
            try (Surfer late = at(uuid)) {
                Await.until("who comes later too", SOON, () -> rows(late) == rows(small));
            }
            small.click("button:has-text('Give it back')");
            Await.until("it has its own size again", SOON, () -> rows(other) == own);
        }
    }

    @Test
    void tellsThatTheKeyboardWasTakenBack() throws IOException {
        restart(Map.of("console.lease-idle", "2s"));
        String uuid = guest("web", "destroy");
        try (Surfer admin = at(uuid)) {
            admin.click(TAKE);
            admin.reads(HOLDER, "You have the keyboard");
            admin.reads(".console-message", "The keyboard was taken back: nothing was typed for long.");
            admin.reads(HOLDER, "Nobody has the keyboard");
        }
    }

    @Test
    void saysWhyItWasSentAwayAndComesBackWhenAsked() throws IOException {
        restart(Map.of("console.view-idle", "5s"));
        String uuid = guest("web", "destroy");
        try (Surfer admin = at(uuid)) {
            admin.reads(".console-title .link", "Closed: idle");
            admin.reads(".console-message", "Nobody has used this console for long");
            admin.click("button:has-text('Connect again')");
            admin.reads(".console-title .link", "Connected");
        }
    }

    @Test
    void comesInWhenThereIsAPlaceAgain() throws IOException {
        restart(Map.of("api.max-console-viewers", "1"));
        String uuid = guest("web", "destroy");
        try (Surfer second = chromium.admin(api).toleratingFailedRequests()) {
            try (Surfer first = at(uuid)) {
                first.reads(".console-title .link", "Connected");
                second.go("#/domains/" + uuid);
                second.reads(".console-title .link", "Connection lost");
            }
            second.reads(".console-title .link", "Connected");
        }
    }

    @Test
    void showsTheConsoleOfADomainOfXl() {
        String uuid = host.createForeign("theirs").uuid().toString();
        try (Surfer admin = at(uuid)) {
            admin.reads(".console .hint", "Another tool made this domain");
            admin.type("echo by''page");
            admin.readsInConsole("bypage");
            admin.isAccessible("the console of a domain of another tool");
        }
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }
}
