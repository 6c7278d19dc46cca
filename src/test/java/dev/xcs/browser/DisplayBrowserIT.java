package dev.xcs.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The display of an HVM guest on the web page, in a real browser. The simulated host has no such guests, so that the browser is told that one
 * is what it is not, and the test stands in for its QEMU; all in between is the daemon's.
 */
class DisplayBrowserIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String PIXEL = """
            () => { const seen = document.querySelector('.display canvas');
                    return Array.from(seen.getContext('2d').getImageData(seen.width / 2, seen.height / 2, 1, 1).data).join(); }""";

    @TempDir
    Path dir;

    @Test
    void showsWhatThereIsAndTakesKeys() throws Exception {
        try (Chromium chromium = new Chromium();
                SimHost host = SimHost.start(SimHostOptions.defaults(), dir.resolve("host"));
                RunningDaemon daemon = RunningDaemon.startOn(host, dir.resolve("state"))) {
            ApiClient api = daemon.api();
            String uuid = api.create(Map.of("name", "pc", "memoryMib", 64, "vcpus", 1, "kernel", "sim:linux"));
            Path models = Files.createDirectories(dir.resolve("state/models").resolve(uuid));
            try (PaintedDisplay display = new PaintedDisplay(models.resolve("vnc"));
                    Surfer admin = chromium.surfer()) {
                admin.page().route("**/v1/domains", DisplayBrowserIT::asPc);
                admin.open(Chromium.loginLink(api));
                admin.sees(".top .link.live");
                admin.go("#/domains/" + uuid);
                admin.doesNotSee(".display canvas");
                admin.click("button:has-text('Show it')");
                admin.reads(".console-title:has(h2:has-text('Display'))", "Connected");
                Await.until(
                        "the display is painted",
                        SOON,
                        () -> admin.page().evaluate(PIXEL).equals("200,100,50,255"));
                admin.click(".display canvas");
                admin.page().keyboard().press("k");
                Await.until("the key is heard", SOON, () -> display.keys().equals(List.of((int) 'k')));
                admin.isAccessible("a display");
                admin.photograph("display");
                admin.click("button:has-text('Hide it')");
                admin.doesNotSee(".display canvas");
                assertThat(admin.sees("button:has-text('Show it')").isVisible()).isTrue();
            }
        }
    }

    private static void asPc(Route route) {
        String listed = route.fetch().text().replaceAll("\"type\":\"pvh?\"", "\"type\":\"hvm\"");
        route.fulfill(
                new Route.FulfillOptions().setContentType("application/json").setBody(listed));
    }
}
