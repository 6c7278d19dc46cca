package dev.xcs.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLineTest {
    /** Lines as Xen 4.17 writes them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(XEN) d5v0 Triple fault - invoking HVM shutdown action 1|5",
                "(XEN) Domain 5 (vcpu#0) crashed on cpu#1:|5",
                "(XEN) d12 L1TF-vulnerable L1e 000000010f0d6027 - Shadowing|12",
                "(XEN) grant_table.c:1861:d7v1 Expanding d7 grant table from 1 to 2 frames|7",
                "(XEN) mm.c:3506:d1v0 Could not get page ref for mfn deadbeef|1",
                "(XEN) [2026-01-31 12:00:00] d3v0 Unhandled page fault fault/trap [#14, ec=0000]|3",
                "(XEN) Dom0 has maximum 2 VCPUs|0",
                "(XEN) Hardware Dom0 crashed: rebooting machine in 5 seconds.|0",
                "(XEN) *** Serial input to DOM0|-1",
                "(XEN) d32767v0 idle|-1",
                "(XEN) d[IDLE]v1 state|-1",
                "(XEN) Xen code around <ffff82d040200000>:|-1",
                "(XEN)  0f d5 4c 8b 12 d3 48|-1",
                "(XEN) d5 4c 8b 12|-1",
                "(XEN) Freed 604kB init memory|-1"
            })
    void knowsWhichDomainALineNames(String line, int domid) {
        assertThat(new LogLine(line, 0).domid().orElse(-1)).isEqualTo(domid);
    }

    @Test
    void takesOnlyWholeLines() {
        String text = "(XEN) one\n\n(XEN) two\r\n(XEN) thr";
        assertThat(LogLine.split(text, 100))
                .containsExactly(new LogLine("(XEN) one", 100), new LogLine("", 110), new LogLine("(XEN) two", 111));
        assertThat(LogLine.consumed(text)).isEqualTo(text.indexOf("(XEN) thr"));
    }

    @Property(tries = 200)
    void tellsEveryByteOnceHoweverTheLogIsCutIntoPieces(
            @ForAll List<@IntRange(max = 3000) Integer> lengths, @ForAll @IntRange(min = 1025, max = 5000) int piece) {
        StringBuilder log = new StringBuilder();
        lengths.forEach(length -> log.append("x".repeat(length)).append('\n'));
        StringBuilder told = new StringBuilder();
        int next = 0;
        while (next < log.length()) {
            String text = log.substring(next, Math.min(log.length(), next + piece));
            List<LogLine> lines = LogLine.split(text, next);
            lines.forEach(line -> told.append(line.text()));
            int consumed = LogLine.consumed(text);
            assertThat(consumed).isPositive();
            assertThat(lines).allMatch(line -> line.text().length() <= LogLine.LONGEST);
            next += consumed;
        }
        assertThat(told.toString()).isEqualTo(log.toString().replace("\n", ""));
    }
}
