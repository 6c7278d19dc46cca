package dev.xcs.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MilestoneMatcherTest {
    private static final String BOOT = "[    0.000000] Linux version 6.1.0 (build@host)\r\n"
            + "[    0.1] noise\r\n\r\n"
            + "Debian \033[1mweb\033[0m hvc0\r\n\r\n"
            + "web \033[32mlogin:\033[0m ";

    private static MilestoneMatcher matcher() {
        return new MilestoneMatcher(List.of(
                new MilestoneMatcher.Milestone("kernel", Pattern.compile("Linux version ")),
                new MilestoneMatcher.Milestone("prompt", Pattern.compile("login: ?$|[#$] ?$"))));
    }

    private static List<String> found(MilestoneMatcher matcher, String text, int chunk) {
        List<String> found = new ArrayList<>();
        for (int at = 0; at < text.length(); at += chunk) {
            String piece = text.substring(at, Math.min(text.length(), at + chunk));
            found.addAll(matcher.found(Buffer.buffer(piece)));
        }
        return found;
    }

    @Test
    void findsEachOnceHoweverTheBytesAreCut() {
        for (int chunk = 1; chunk <= BOOT.length(); chunk++) {
            MilestoneMatcher matcher = matcher();
            assertThat(found(matcher, BOOT, chunk)).as("chunks of " + chunk).containsExactly("kernel", "prompt");
            assertThat(matcher.isDone()).isTrue();
            assertThat(found(matcher, BOOT, chunk)).isEmpty();
        }
    }

    @Test
    void doesNotTakeAPromptForOneThatStandsInTheMiddleOfALine() {
        assertThat(found(matcher(), "cost: 5 $ a piece\r\n# comment\r\n", 1024)).isEmpty();
    }

    @Test
    void aPromptWithoutABannerIsFoundAndTheBannerIsNotAfterwards() {
        assertThat(found(matcher(), "login: \r\nLinux version 6\r\n", 3)).containsExactly("prompt");
    }

    @Test
    void givesUpAGuestThatPrintsWithoutEndAndKeepsLinesShort() {
        MilestoneMatcher matcher = matcher();
        Buffer noise = Buffer.buffer(new byte[1 << 20]);
        for (int i = 0; i < 5; i++) {
            assertThat(matcher.found(noise)).isEmpty();
        }
        assertThat(matcher.isDone()).isTrue();
        assertThat(found(matcher, BOOT, 100)).isEmpty();
    }
}
