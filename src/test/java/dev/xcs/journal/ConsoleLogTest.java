package dev.xcs.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.bus.Json;
import dev.xcs.model.ConsoleBoot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleLogTest {
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);
    private static final long LARGE = 1 << 30;

    @TempDir
    Path dir;

    private ConsoleLog open(long perDomain, long total) throws IOException {
        return ConsoleLog.open(dir, new ConsoleLog.Limits(perDomain, total, 0), Json.mapper(), "host boot 1");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void append(ConsoleHistory history, byte[] bytes) {
        history.append(bytes, 0, bytes.length);
    }

    private static void append(ConsoleHistory history, String text) {
        append(history, bytes(text));
    }

    private static byte[] all(ConsoleHistory history) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        long next = history.extent().first();
        while (next < history.extent().next()) {
            ConsoleHistory.Span span = history.read(next, 1000);
            assertThat(span.offset()).isEqualTo(next);
            all.writeBytes(span.bytes());
            next += span.bytes().length;
        }
        return all.toByteArray();
    }

    private static String text(ConsoleHistory history, long from) throws IOException {
        return new String(history.read(from, 1000).bytes(), StandardCharsets.UTF_8);
    }

    private List<Path> files(UUID domain) throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve(domain.toString()))) {
            return files.filter(ConsoleSegment::isSegment).sorted().toList();
        }
    }

    @Test
    void givesBackEveryByteByItsOffsetAlsoAfterItWasKilled() throws IOException {
        Random random = new Random(1);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ConsoleHistory history = open(LARGE, LARGE).history(ONE);
        history.begin(1, false, 0);
        for (int i = 0; i < 500; i++) {
            byte[] some = new byte[random.nextInt(3000)];
            random.nextBytes(some);
            assertThat(history.append(some, 0, some.length)).isEqualTo(printed.size());
            printed.writeBytes(some);
        }
        assertThat(all(history)).isEqualTo(printed.toByteArray());

        // Nothing is closed: as a kill leaves it.
        ConsoleHistory later = open(LARGE, LARGE).history(ONE);

        assertThat(later.extent().next()).isEqualTo(printed.size());
        assertThat(all(later)).isEqualTo(printed.toByteArray());
        assertThat(later.begin(1, true, printed.size())).isEqualTo(new ConsoleHistory.Resumption(1, 0, 0));
        assertThat(later.append(bytes("on"), 0, 2)).isEqualTo(printed.size());
    }

    @Test
    void keepsTheNewestWithinItsLimitAndSaysWhatHasExpired() throws IOException {
        ConsoleHistory history = open(64 * 1024, LARGE).history(ONE);
        history.begin(1, false, 0);
        byte[] printed = new byte[1_000_000];
        new Random(2).nextBytes(printed);
        for (int at = 0; at < printed.length; at += 1000) {
            history.append(printed, at, 1000);
        }

        long first = history.extent().first();
        assertThat(printed.length - first).isBetween(56L * 1024 - 1000, 64L * 1024);
        assertThat(all(history)).isEqualTo(Arrays.copyOfRange(printed, (int) first, printed.length));
        ConsoleHistory.Span span = history.read(5, 10);
        assertThat(span.offset()).isEqualTo(first);
        assertThat(span.expired()).isTrue();
        assertThat(history.read(first, 10).expired()).isFalse();
        assertThat(history.read(printed.length, 10).bytes()).isEmpty();
        long onDisk = 0;
        for (Path file : files(ONE)) {
            onDisk += Files.size(file);
        }
        assertThat(onDisk).isLessThanOrEqualTo(64 * 1024);
    }

    @Test
    void numbersTheBootsAndForgetsThoseOfWhichNothingIsKept() throws IOException {
        ConsoleHistory history = open(64 * 1024, LARGE).history(ONE);
        history.begin(4, false, 0);
        append(history, "first");
        history.begin(5, false, 0);
        append(history, "second");

        ConsoleHistory later = open(64 * 1024, LARGE).history(ONE);
        assertThat(later.begin(9, false, 0).boot()).isEqualTo(3);
        assertThat(later.extent().boots())
                .extracting(ConsoleBoot::boot, ConsoleBoot::domid, ConsoleBoot::offset)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1, 4, 0L),
                        org.assertj.core.groups.Tuple.tuple(2, 5, 5L),
                        org.assertj.core.groups.Tuple.tuple(3, 9, 11L));
        append(later, new byte[300_000]);
        append(later, new byte[1]);
        assertThat(later.extent().boots()).extracting(ConsoleBoot::boot).containsExactly(3);
    }

    @Test
    void aBootThatGoesOnSkipsWhatIsKeptAlreadyAndCountsWhatIsLost() throws IOException {
        ConsoleHistory history = open(LARGE, LARGE).history(ONE);
        // The ring was read by somebody before, and its count runs over.
        history.begin(1, false, -3);
        append(history, "0123456789");

        // Killed after 10 bytes were kept and 6 taken.
        ConsoleHistory kept = open(LARGE, LARGE).history(ONE);
        assertThat(kept.begin(1, true, 3)).isEqualTo(new ConsoleHistory.Resumption(1, 4, 0));
        append(kept, "abc");

        // Killed after 5 more were taken than were kept.
        ConsoleHistory lost = open(LARGE, LARGE).history(ONE);
        assertThat(lost.begin(1, true, 15)).isEqualTo(new ConsoleHistory.Resumption(1, 0, 5));
        assertThat(lost.append(bytes("x"), 0, 1)).isEqualTo(18);
        ConsoleHistory.Span behind = lost.read(13, 10);
        assertThat(behind.offset()).isEqualTo(18);
        assertThat(behind.expired()).isFalse();
        assertThat(lost.holeAfter(0, 19)).isEqualTo(13);
        assertThat(text(lost, 0) + text(lost, 10)).isEqualTo("0123456789abc");
    }

    @Test
    void aCountThatTheGuestHasSetTellsNothing() throws IOException {
        ConsoleHistory history = open(LARGE, LARGE).history(ONE);
        history.begin(1, false, 0);
        append(history, "abc");
        history.disturbed();

        ConsoleHistory later = open(LARGE, LARGE).history(ONE);
        assertThat(later.begin(1, true, 1000)).isEqualTo(new ConsoleHistory.Resumption(1, 0, 0));
        append(later, "d");
        assertThat(all(later)).isEqualTo(bytes("abcd"));
        // Also one that is far off all that can be.
        ConsoleHistory last = open(LARGE, LARGE).history(ONE);
        assertThat(last.begin(1, true, 1001 + (1 << 30) + 1).lost()).isZero();
        assertThat(open(LARGE, LARGE).history(ONE).begin(1, true, -5000).skip()).isZero();
    }

    @Test
    void aTornTailIsAHole() throws IOException {
        ConsoleHistory history = open(LARGE, LARGE).history(ONE);
        history.begin(1, false, 0);
        append(history, "0123456789");
        history.rest();
        try (var channel = java.nio.channels.FileChannel.open(files(ONE).get(0), StandardOpenOption.WRITE)) {
            channel.truncate(4);
        }

        ConsoleHistory later = open(LARGE, LARGE).history(ONE);

        assertThat(later.extent().next()).isEqualTo(10);
        later.begin(2, false, 0);
        append(later, "new");
        assertThat(text(later, 0)).isEqualTo("0123");
        assertThat(later.read(4, 10).offset()).isEqualTo(10);
        assertThat(later.read(4, 10).expired()).isFalse();
        assertThat(text(later, 10)).isEqualTo("new");
    }

    @Test
    void afterTheHostWentDownTheZerosAtTheEndAreAHole() throws IOException {
        ConsoleHistory history = open(LARGE, LARGE).history(ONE);
        history.begin(1, false, 0);
        append(history, "known");
        Files.write(files(ONE).get(0), new byte[5000], StandardOpenOption.APPEND);

        ConsoleLog log = ConsoleLog.open(dir, new ConsoleLog.Limits(LARGE, LARGE, 0), Json.mapper(), "host boot 2");
        ConsoleHistory later = log.history(ONE);

        assertThat(later.extent().next()).isEqualTo(5005);
        // The domid is another domain's by now, and so is the count.
        assertThat(later.begin(1, true, 77)).isEqualTo(new ConsoleHistory.Resumption(1, 0, 0));
        append(later, "new");
        assertThat(text(later, 0)).isEqualTo("known");
        assertThat(later.read(5, 10).offset()).isEqualTo(5005);
    }

    @Test
    void allTogetherTakeNoMoreThanTheyMayTheOldestFirst() throws IOException {
        ConsoleLog log = open(1 << 20, 100_000);
        ConsoleHistory one = log.history(ONE);
        ConsoleHistory two = log.history(TWO);
        one.begin(1, false, 0);
        two.begin(2, false, 0);
        append(one, new byte[60_000]);
        for (int i = 0; i < 400; i++) {
            append(two, new byte[1000]);
            log.shrink();
            assertThat(log.bytes()).isLessThanOrEqualTo(100_000);
        }
        assertThat(two.extent().next()).isEqualTo(400_000);
        assertThat(one.extent().next()).isEqualTo(60_000);
        assertThat(open(1 << 20, 100_000).bytes()).isEqualTo(log.bytes());
    }

    @Test
    void keepsNothingWhileTheDiskIsNearlyFullAndTellsTheHole() throws IOException {
        ConsoleLog full = ConsoleLog.open(dir, new ConsoleLog.Limits(LARGE, LARGE, Long.MAX_VALUE), Json.mapper());
        ConsoleHistory history = full.history(ONE);
        history.begin(1, false, 0);

        append(history, "not kept");

        assertThat(full.isSuspended()).isTrue();
        assertThat(history.extent().next()).isEqualTo(8);
        assertThat(history.extent().first()).isEqualTo(8);
        assertThat(full.bytes()).isZero();
        ConsoleHistory later = ConsoleLog.open(dir, new ConsoleLog.Limits(LARGE, LARGE, 0), Json.mapper())
                .history(ONE);
        assertThat(later.begin(1, true, 8)).isEqualTo(new ConsoleHistory.Resumption(1, 0, 8));
        append(later, "kept");
        assertThat(later.extent().first()).isEqualTo(8);
        assertThat(text(later, 8)).isEqualTo("kept");
    }

    @Test
    void goesOnWithAHoleWhenItCannotWrite() throws Exception {
        ConsoleLog log = open(LARGE, LARGE);
        ConsoleHistory history = log.history(ONE);
        history.begin(1, false, 0);
        append(history, "before");
        history.rest();
        Path place = dir.resolve(ONE.toString());
        Path aside = dir.resolve("aside");
        Files.move(place, aside);
        Files.writeString(place, "in the way");

        append(history, "lost");
        assertThat(log.isSuspended()).isTrue();
        Files.delete(place);
        Files.move(aside, place);
        dev.xcs.testing.Await.until("it writes again", java.time.Duration.ofSeconds(30), () -> {
            append(history, "x");
            return !log.isSuspended();
        });

        long next = history.extent().next();
        append(history, "after");
        assertThat(text(history, 0)).isEqualTo("before");
        assertThat(text(history, next)).isEqualTo("after");
        assertThat(history.holeAfter(0, next)).isEqualTo(6);
    }

    @Test
    void aHistoryThatIsDroppedIsOffTheDisk() throws IOException {
        ConsoleLog log = open(LARGE, LARGE);
        log.history(ONE).begin(1, false, 0);
        append(log.history(ONE), "gone");
        append(log.history(TWO), "stays");

        log.drop(ONE);

        assertThat(dir.resolve(ONE.toString())).doesNotExist();
        assertThat(log.find(ONE)).isEmpty();
        assertThat(log.bytes()).isEqualTo(5);
        assertThat(log.history(ONE).extent().next()).isZero();
    }
}
