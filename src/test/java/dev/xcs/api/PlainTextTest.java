package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlainTextTest {
    private static String plain(String text, int chunk) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        PlainText plain = new PlainText();
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < bytes.length; at += chunk) {
            byte[] piece = java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + chunk));
            out.append(new String(plain.of(piece), StandardCharsets.ISO_8859_1));
        }
        return new String(out.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    @Test
    void takesControlSequencesOutHoweverTheyAreCut() {
        String text = "\033[1;31mred\033[0m\r\n\033]0;title\007\tżółw\033(B\033]8;;x\033\\link\033[?25h\033=\b.\n";
        for (int chunk = 1; chunk < 80; chunk++) {
            assertThat(plain(text, chunk)).as("chunks of " + chunk).isEqualTo("red\n\tżółwlink.\n");
        }
    }

    @Test
    void doesNotSwallowWhatFollowsASequenceThatNeverEnds() {
        assertThat(plain("\033]0;" + "x".repeat(5000) + "end\n", 100)).endsWith("end\n");
    }
}
