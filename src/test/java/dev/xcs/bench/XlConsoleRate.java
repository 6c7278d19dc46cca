package dev.xcs.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast one guest of xl that prints without end reaches {@code xl console}, in MiB/s: the peer of {@link ConsoleRate}, to be run in dom0. Prints
 * {@code ROW theirs MIB_PER_SECOND} for each round. Arguments: row, the guest's name, its terminal, rounds, seconds of each. What is typed goes to the
 * terminal itself, as {@code xl console} takes nothing that is not typed at a terminal of its own.
 */
public final class XlConsoleRate {
    private static final double MIB = 1024 * 1024;
    private static final String PROMPT = "# ";

    private XlConsoleRate() {}

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[3]);
        long seconds = Long.parseLong(arguments[4]);
        Process xl = new ProcessBuilder("xl", "console", arguments[1])
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream shown = xl.getInputStream()) {
            awaitPrompt(shown);
            Files.writeString(Path.of(arguments[2]), "yes " + "0123456789".repeat(7) + "\n", StandardOpenOption.WRITE);
            AtomicLong bytes = new AtomicLong();
            Thread reader = new Thread(() -> count(shown, bytes), "xl console");
            reader.setDaemon(true);
            reader.start();
            // As on the other side: the first is not counted.
            measure(bytes, seconds);
            for (int round = 0; round < rounds; round++) {
                System.out.printf(Locale.ROOT, "%s\ttheirs\t%.3f%n", arguments[0], measure(bytes, seconds));
            }
        } finally {
            xl.destroy();
        }
    }

    private static void awaitPrompt(InputStream shown) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(PROMPT) < 0) {
            int c = shown.read();
            if (c < 0) {
                throw new IOException("xl console ended before there was a prompt: " + text);
            }
            text.append((char) c);
        }
    }

    private static void count(InputStream shown, AtomicLong bytes) {
        byte[] some = new byte[64 * 1024];
        try {
            for (int count = shown.read(some); count >= 0; count = shown.read(some)) {
                bytes.addAndGet(count);
            }
        } catch (IOException over) {
            // It is destroyed at the end.
        }
    }

    private static double measure(AtomicLong bytes, long seconds) {
        long before = bytes.get();
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        long printed = bytes.get() - before;
        if (printed == 0) {
            throw new IllegalStateException("xl console showed nothing for " + seconds + " s");
        }
        return printed / MIB / ((System.nanoTime() - start) / 1e9);
    }
}
