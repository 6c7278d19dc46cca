package dev.xcs.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import dev.xcs.testing.ApiClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The system's Chromium without a window, driven by Playwright, which downloads none of its own. XCS_CHROMIUM names another. */
final class Chromium implements AutoCloseable {
    private static final Path EXECUTABLE =
            Path.of(Optional.ofNullable(System.getenv("XCS_CHROMIUM")).orElse("/usr/bin/chromium"));
    /** It has no sandbox for root, no graphics here, and speaks to nobody but the daemon. */
    private static final List<String> OPTIONS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--no-first-run");

    private final Playwright playwright;
    private final Browser browser;

    Chromium() {
        if (!Files.isExecutable(EXECUTABLE)) {
            throw new AssertionError("No " + EXECUTABLE + "; on Debian: apt-get install chromium");
        }
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new LaunchOptions().setExecutablePath(EXECUTABLE).setArgs(OPTIONS));
    }

    /** A browser of somebody's own, with nothing of another's in it. */
    Surfer surfer(Browser.NewContextOptions options) {
        return new Surfer(browser.newContext(options));
    }

    Surfer surfer() {
        return surfer(desktop());
    }

    /** Somebody at a desk who has opened a login link. */
    Surfer admin(ApiClient api) {
        return admin(api, desktop());
    }

    Surfer admin(ApiClient api, Browser.NewContextOptions options) {
        Surfer surfer = surfer(options);
        surfer.open(loginLink(api));
        surfer.sees(".top .link.live");
        return surfer;
    }

    static URI loginLink(ApiClient api) {
        return URI.create(
                api.post("/v1/login-links", Map.of()).body().path("url").asText());
    }

    static Browser.NewContextOptions desktop() {
        return new Browser.NewContextOptions().setViewportSize(1440, 900);
    }

    static Browser.NewContextOptions phone() {
        return new Browser.NewContextOptions()
                .setViewportSize(375, 812)
                .setDeviceScaleFactor(2)
                .setHasTouch(true);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
