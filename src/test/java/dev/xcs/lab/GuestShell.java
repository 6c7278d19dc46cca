package dev.xcs.lab;

import dev.xcs.testing.ConsoleViewer;
import java.time.Duration;

/** Runs lines in the shell of a guest. */
final class GuestShell {
    private static final Duration SOON = Duration.ofSeconds(60);

    private GuestShell() {}

    /** Runs a line in the guest and waits for what it prints; the marks keep the echo of the line from being taken for it. */
    static String run(ConsoleViewer console, String command) throws Exception {
        String mark = "M" + Long.toString(System.nanoTime(), 36);
        console.type("echo " + mark + "'<'; " + command + "; echo '>'" + mark + "\n");
        String all = console.awaitText(">" + mark, SOON);
        int from = all.lastIndexOf(mark + "<");
        return all.substring(from + mark.length() + 1, all.lastIndexOf(">" + mark))
                .strip();
    }
}
