package dev.xcs.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.CheckedNode;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.WebSocket;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitUntilState;
import dev.xcs.testing.Await;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Somebody with a browser of their own on the page. When it is closed, nothing may have been wrong on the way: no error of a script, none in the
 * console, and so no breach of the page's policy.
 */
final class Surfer implements AutoCloseable {
    /** Long, for machines that do much else at the same time. */
    private static final double PATIENCE_MILLIS = Duration.ofSeconds(90).toMillis();

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final Set<String> GRAVE = Set.of("serious", "critical");
    /** What Chromium itself says of a request that was refused or a daemon that is away; the page says it in its own words. */
    private static final List<String> OF_THE_NETWORK = List.of("Failed to load resource", "WebSocket connection to");

    /** The daemon had no time on a busy machine; the page asks again. */
    private static final Pattern BUSY = Pattern.compile("Failed to load resource: .* status of 50[34] .*");

    private final BrowserContext context;
    private final Page page;
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    /** What came over the console's websockets, by its offset. */
    private final TreeMap<Long, byte[]> received = new TreeMap<>();

    private final List<String> told = new CopyOnWriteArrayList<>();
    private boolean toleratesNetwork;

    Surfer(BrowserContext context) {
        this.context = context;
        this.page = context.newPage();
        page.setDefaultTimeout(PATIENCE_MILLIS);
        page.onConsoleMessage(this::heard);
        page.onPageError(error -> wrong.add("script: " + error));
        page.onWebSocket(this::watch);
    }

    private void heard(ConsoleMessage message) {
        boolean ofTheNetwork = toleratesNetwork && OF_THE_NETWORK.stream().anyMatch(message.text()::startsWith);
        if (Set.of("error", "warning").contains(message.type())
                && !ofTheNetwork
                && !BUSY.matcher(message.text()).matches()) {
            wrong.add(message.type() + ": " + message.text());
        }
    }

    private void watch(WebSocket socket) {
        if (URI.create(socket.url()).getPath().endsWith("/display")) {
            return;
        }
        socket.onFrameReceived(frame -> {
            if (frame.binary() == null) {
                told.add(frame.text());
            } else {
                ByteBuffer bytes = ByteBuffer.wrap(frame.binary());
                long offset = bytes.getLong();
                byte[] printed = new byte[bytes.remaining()];
                bytes.get(printed);
                received.merge(offset, printed, (one, other) -> one.length >= other.length ? one : other);
            }
        });
    }

    /** From here on requests fail, for that is what the test is about. */
    Surfer toleratingFailedRequests() {
        toleratesNetwork = true;
        return this;
    }

    Page page() {
        return page;
    }

    void open(URI address) {
        page.navigate(address.toString(), new Page.NavigateOptions().setWaitUntil(WaitUntilState.COMMIT));
    }

    /** Goes to a view by the part of the address after the #. */
    void go(String place) {
        page.evaluate("place => { location.hash = place; }", place);
    }

    void dress(ColorScheme scheme) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
    }

    Locator find(String selector) {
        return page.locator(selector);
    }

    /** Waits until it is there to be seen. */
    Locator sees(String selector) {
        Locator locator = page.locator(selector).first();
        assertThat(locator).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MILLIS));
        return locator;
    }

    /** Whether it is there to be seen now. */
    boolean shows(String selector) {
        return page.locator(selector).first().isVisible();
    }

    /** Waits until an element says it. */
    void reads(String selector, String text) {
        assertThat(page.locator(selector).first())
                .containsText(text, new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MILLIS));
    }

    void doesNotSee(String selector) {
        assertThat(page.locator(selector))
                .hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(PATIENCE_MILLIS));
    }

    void click(String selector) {
        page.locator(selector).first().click();
    }

    void fill(String selector, String text) {
        page.locator(selector).first().fill(text);
    }

    /** Types into the first console of the page and presses Enter. */
    void type(String line) {
        page.locator(".screen").first().click();
        page.keyboard().type(line);
        page.keyboard().press("Enter");
    }

    /** Waits until the first console of the page shows it. */
    void readsInConsole(String text) {
        reads(".console .xterm-rows", text);
    }

    /** All that the consoles' websockets brought, joined by its offsets; fails where there is a hole. */
    String joined() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        AtomicLong next = new AtomicLong(-1);
        received.forEach((offset, bytes) -> {
            if (next.get() < 0) {
                next.set(offset);
            }
            assertThat(offset).as("no byte is missing before").isLessThanOrEqualTo(next.get());
            int known = (int) Math.min(bytes.length, next.get() - offset);
            all.write(bytes, known, bytes.length - known);
            next.addAndGet(bytes.length - known);
        });
        return all.toString(StandardCharsets.UTF_8);
    }

    /** The text frames of its websockets. */
    List<String> told() {
        return told;
    }

    void awaitJoined(String text) throws Exception {
        Await.until("the console brings " + text, Duration.ofMillis((long) PATIENCE_MILLIS), () -> {
            // Frames are handled while Playwright is asked something.
            page.evaluate("() => 0");
            return joined().contains(text);
        });
    }

    /** For people to look at. */
    void photograph(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
    }

    /** No finding of axe that is serious or worse. */
    void isAccessible(String where) {
        List<String> findings = new AxeBuilder(page)
                .analyze().getViolations().stream()
                        .filter(rule -> GRAVE.contains(rule.getImpact()))
                        .map(Surfer::describe)
                        .toList();
        assertThat(findings).as("accessibility of " + where).isEmpty();
    }

    private static String describe(Rule rule) {
        return rule.getImpact() + " " + rule.getId() + ": " + rule.getHelp() + ": "
                + rule.getNodes().stream().map(CheckedNode::getHtml).limit(5).toList();
    }

    void fitsItsWidth(String where) {
        int wider = (Integer) page.evaluate("() => document.documentElement.scrollWidth - innerWidth");
        assertThat(wider).as("how much wider than the window is " + where).isLessThanOrEqualTo(0);
    }

    @Override
    public void close() {
        context.close();
        assertThat(wrong).as("errors of the page").isEmpty();
    }
}
