package dev.xcs.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import dev.xcs.RunningDaemon;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The web page in a real browser against the whole daemon on the simulated host: what an operator does on it. */
class BrowserIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Map<String, Object> GUEST =
            Map.of("name", "web", "memoryMib", 128, "vcpus", 1, "kernel", "sim:linux");

    private static Chromium chromium;

    @TempDir
    Path dir;

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
        daemon = RunningDaemon.start(dir.resolve("state"));
        api = daemon.api();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private int domains() {
        return api.get("/v1/domains").body().size();
    }

    @Test
    void tellsAStrangerHowToLogIn() {
        try (Surfer stranger = chromium.surfer().toleratingFailedRequests()) {
            stranger.open(daemon.apiAddress());
            stranger.reads("h1", "Not logged in");
            stranger.reads("main", "/v1/login-links");
            stranger.isAccessible("the login");
            stranger.photograph("login");
            stranger.open(Chromium.loginLink(api));
            stranger.sees("table.domains");
        }
    }

    @Test
    void showsTheHostAndWhatHappensToItsDomainsByItself() {
        try (Surfer admin = chromium.admin(api)) {
            admin.reads(".simulated", "SIMULATED HOST");
            admin.reads(".host", "16 GiB");
            String uuid = api.create(GUEST);
            admin.reads("tr[data-uuid='" + uuid + "'] .state", "running");
            assertThat(api.state(uuid, "paused").status()).isEqualTo(200);
            admin.reads("tr[data-uuid='" + uuid + "'] .state", "paused");
            assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
            admin.doesNotSee("tr[data-uuid='" + uuid + "']");
        }
    }

    @Test
    void showsAProblemAtItsField() {
        api.create(GUEST);
        try (Surfer admin = chromium.admin(api).toleratingFailedRequests()) {
            admin.click("#new");
            admin.fill("input[name=name]", "no spaces please");
            admin.fill("input[name=memoryMib]", "many");
            admin.click("text=Add a disk");
            admin.fill(".row input[name=vdev]", "%%");
            admin.click("button:has-text('Create it')");
            admin.reads(".field:has(input[name=name]) .problem", "expected 1 to 64 of");
            admin.reads(".field:has(input[name=memoryMib]) .problem", "\"many\"");
            admin.reads(".row .field:has(input[name=vdev]) .problem", "%%");
            assertThat(admin.find("input[name=name]").getAttribute("aria-invalid"))
                    .isEqualTo("true");
            assertThat(admin.page().evaluate("() => document.activeElement.name"))
                    .isEqualTo("name");
            admin.isAccessible("the form with problems");
            admin.photograph("create-problems");

            admin.click("button[aria-label='Leave this disk out']");
            admin.fill("input[name=name]", "web");
            admin.fill("input[name=memoryMib]", "64");
            admin.click("button:has-text('Create it')");
            admin.reads(".field:has(input[name=name]) .problem", "\"web\"");
            assertThat(domains()).as("dom0 and the first").isEqualTo(2);
        }
    }

    @Test
    void attachesGrowsAndDetachesDisks() throws Exception {
        String uuid = api.create(GUEST);
        Path image = Files.write(dir.resolve("data.img"), new byte[1 << 20]);
        try (Surfer admin = chromium.admin(api)) {
            admin.go("#/domains/" + uuid);
            admin.sees("h2:has-text('Disks')");
            admin.click("section[aria-label='Disks'] button:has-text('Attach')");
            admin.fill("dialog input[name=target]", image.toString());
            admin.fill("dialog input[name=vdev]", "xvdb");
            admin.photograph("attach-disk");
            admin.click("dialog button:has-text('Attach it')");
            admin.reads(".device .state", "connected");
            admin.reads(".device", "1 MiB");

            admin.click("button[aria-label='Grow xvdb']");
            admin.fill("dialog input[name=sizeBytes]", "2097152");
            admin.click("dialog button:has-text('Grow it')");
            admin.reads(".device", "2 MiB");

            admin.click("button[aria-label='Detach xvdb']");
            admin.click("dialog button:has-text('Detach it')");
            admin.doesNotSee(".device");
            assertThat(api.get("/v1/domains/" + uuid + "/disks").body().size()).isZero();
        }
    }

    @Test
    void changesTheMediumOfACdDrive() throws Exception {
        String uuid = api.create(GUEST);
        Path disc = Files.write(dir.resolve("disc.iso"), new byte[1 << 20]);
        assertThat(api.post("/v1/domains/" + uuid + "/disks", Map.of("vdev", "xvdc", "device", "cdrom"))
                        .status())
                .isEqualTo(201);
        try (Surfer admin = chromium.admin(api)) {
            admin.go("#/domains/" + uuid);
            admin.reads(".device", "empty");
            admin.click("role=button[name='Insert xvdc']");
            admin.fill("dialog input[name=target]", disc.toString());
            admin.click("dialog button:has-text('Insert it')");
            admin.reads(".device", disc.toString());
            admin.click("role=button[name='Eject xvdc']");
            admin.reads(".device", "empty");
        }
    }

    @Test
    void attachesUnplugsMovesAndDetachesNetworkInterfaces() {
        String uuid = api.create(GUEST);
        String vifs = "/v1/domains/" + uuid + "/vifs";
        assertThat(api.post("/v1/networks", Map.of("name", "lan", "bridge", "xenbr0"))
                        .status())
                .isEqualTo(201);
        try (Surfer admin = chromium.admin(api)) {
            admin.go("#/domains/" + uuid);
            admin.click("section[aria-label='Network interfaces'] button:has-text('Attach')");
            admin.fill("dialog input[name=mac]", "00:16:3e:00:00:07");
            admin.click("dialog button:has-text('Attach it')");
            admin.reads(".device .state", "connected");
            admin.reads(".device", "00:16:3e:00:00:07");

            admin.click("role=button[name='Unplug interface 0']");
            admin.reads(".device .state", "unplugged");
            admin.click("role=button[name='Plug in interface 0']");
            admin.reads(".device .state", "connected");

            admin.click("role=button[name='Change interface 0']");
            admin.page().selectOption("dialog select[name=network]", "lan");
            admin.fill("dialog input[name=ip]", "10.77.0.5, 10.77.0.6");
            admin.fill("dialog input[name=rate]", "1MB/s");
            admin.click("dialog button:has-text('Change it')");
            admin.reads(".device", "network lan");
            admin.reads(".device", "10.77.0.5, 10.77.0.6");
            assertThat(api.get(vifs).body().path(0).path("rate").asText()).isNotEmpty();

            admin.click("role=button[name='Detach interface 0']");
            admin.click("dialog button:has-text('Detach it')");
            admin.doesNotSee(".device");
            assertThat(api.get(vifs).body().size()).isZero();
        }
    }

    @Test
    void pausesAndDestroysWhatItIsToldTo() {
        String uuid = api.create(GUEST);
        // What is asked of a domain while it goes is answered that there is none.
        try (Surfer admin = chromium.admin(api).toleratingFailedRequests()) {
            admin.go("#/domains/" + uuid);
            admin.click("role=button[name='Pause']");
            admin.reads(".domain-title .state", "paused");
            admin.click("role=button[name='Unpause']");
            admin.reads(".domain-title .state", "running");
            admin.click("role=button[name='Destroy']");
            admin.click("dialog button:has-text('Keep it')");
            assertThat(domains()).isEqualTo(2);
            admin.click("role=button[name='Destroy']");
            admin.click("dialog button:has-text('Destroy it')");
            admin.reads(".domain-title .state", "gone");
            assertThat(domains()).isEqualTo(1);
        }
    }

    @Test
    void listsWhatHasHappenedAndWhatHappens() {
        String uuid = api.create(GUEST);
        try (Surfer admin = chromium.admin(api)) {
            admin.go("#/events");
            admin.sees(".events li[data-subtype='DOMAIN.APPEARED']");
            assertThat(api.state(uuid, "paused").status()).isEqualTo(200);
            admin.reads(".events li[data-subtype='DOMAIN.CHANGED']", "is now paused");
            admin.photograph("events");
        }
    }

    @Test
    void isWorkedByKeysAlone() {
        api.create(GUEST);
        try (Surfer admin = chromium.admin(api)) {
            admin.sees("tr:has-text('web')");
            admin.page().keyboard().press("/");
            admin.page().keyboard().type("web");
            admin.doesNotSee("tr:has-text('Domain-0'):visible");
            admin.page().keyboard().press("ArrowDown");
            admin.page().keyboard().press("Enter");
            admin.reads("h1", "web");
            admin.page().keyboard().press("p");
            admin.reads(".domain-title .state", "paused");
            admin.page().keyboard().press("?");
            admin.reads("dialog", "Out of the console");
            admin.isAccessible("the help");
            admin.photograph("help");
            admin.page().keyboard().press("Escape");
            admin.doesNotSee("dialog");
            admin.page().keyboard().type("ge");
            admin.reads("h1", "Events");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"DARK", "LIGHT"})
    void isAccessibleInEveryViewAndColour(ColorScheme scheme) throws Exception {
        String uuid = api.create(GUEST);
        String other = api.create(Map.of("name", "mail", "memoryMib", 64, "vcpus", 1, "kernel", "sim:netbsd"));
        Path image = Files.write(dir.resolve("root.img"), new byte[1 << 20]);
        api.post("/v1/domains/" + uuid + "/disks", Map.of("vdev", "xvda", "target", image.toString()));
        String colour = scheme.name().toLowerCase(Locale.ROOT);
        try (Surfer admin = chromium.admin(api)) {
            admin.dress(scheme);
            Map<String, String> views = Map.of(
                    "overview",
                    "#/",
                    "create",
                    "#/create",
                    "events",
                    "#/events",
                    "domain",
                    "#/domains/" + uuid,
                    "consoles",
                    "#/consoles/" + uuid + "," + other);
            for (Map.Entry<String, String> view : views.entrySet()) {
                admin.go(view.getValue());
                admin.sees(SETTLED.get(view.getKey()));
                admin.isAccessible(view.getKey() + " in " + colour);
                admin.photograph(view.getKey() + "-" + colour);
            }
        }
    }

    /** What is there when a view has all that it shows. */
    private static final Map<String, String> SETTLED = Map.of(
            "overview",
            "tr:has-text('mail')",
            "create",
            "button:has-text('Create it')",
            "events",
            ".events li",
            "domain",
            ".device .state",
            "consoles",
            ".console >> nth=1");

    @Test
    void fitsOnAPhone() {
        String uuid = api.create(GUEST);
        try (Surfer admin = chromium.admin(api, Chromium.phone())) {
            for (String view : new String[] {"#/", "#/create", "#/events", "#/domains/" + uuid, "#/consoles/" + uuid}) {
                admin.go(view);
                admin.sees("main .card");
                admin.fitsItsWidth(view);
                admin.isAccessible(view + " on a phone");
                admin.photograph("phone" + view.replaceAll("[#/]+", "-").replace(uuid, "web"));
            }
        }
    }

    @Test
    void keepsTheColoursThatWereChosen() {
        try (Surfer admin = chromium.admin(api)) {
            admin.dress(ColorScheme.LIGHT);
            admin.page().keyboard().press("t");
            admin.sees("html[data-theme=dark]");
            admin.page().reload();
            admin.sees("html[data-theme=dark] table.domains");
        }
    }

    @Test
    void comesBackWithTheDaemonAndItsLogin() throws Exception {
        URI address = daemon.apiAddress();
        try (Surfer admin = chromium.admin(api).toleratingFailedRequests()) {
            daemon.close();
            admin.sees("#lost");
            admin.photograph("lost");
            daemon = RunningDaemon.start(dir.resolve("state"), Map.of("api.port", Integer.toString(address.getPort())));
            api = daemon.api();
            admin.sees(".top .link.live");
            api.create(GUEST);
            admin.sees("tr:has-text('web')");
            Await.until("nothing says that it is lost", SOON, () -> !admin.shows("#lost"));
        }
    }
}
