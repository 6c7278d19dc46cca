package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleParts;
import dev.xcs.testing.Consoles;
import dev.xcs.testing.FakeGuest;
import dev.xcs.testing.FakeHypervisor;
import dev.xcs.testing.LeaseContest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Fifty look at one console and all of them type: the guest gets the bytes of the one who holds the lease, and no other. */
class ConsoleLeaseTest {
    private static final UUID GUEST = new UUID(1, 1);
    private static final int VIEWERS = 50;
    private static final int STEALS = 1000;

    @TempDir
    Path dir;

    @Test
    void onlyTheHoldersBytesReachTheGuestHoweverOftenTheLeaseIsStolen(TestReporter reporter) throws Exception {
        FakeHypervisor host = new FakeHypervisor();
        FakeGuest guest = host.guest(1);
        try (ConsoleParts parts = new ConsoleParts(host, Consoles.log(dir.resolve("consoles"), 1 << 20), dir)) {
            parts.attach(GUEST, 1);
            try (LeaseContest contest = new LeaseContest(parts.api(), GUEST.toString(), VIEWERS)) {
                contest.run(STEALS, new Random(11));

                int words = contest.words();
                Await.until("the guest has read it", Duration.ofMinutes(1), () -> guest.hasRead().length >= 9 * words);
                contest.check(new String(guest.hasRead(), StandardCharsets.US_ASCII));
                reporter.publishEntry("words", Integer.toString(words));
                reporter.publishEntry(
                        "turns", Integer.toString(contest.holders().size()));
                assertThat(words).isGreaterThan(50);
                assertThat(contest.holders().size()).isGreaterThan(STEALS / 2);
            }
        }
    }
}
