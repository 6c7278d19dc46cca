package dev.xcs.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The terminal on standard input, steered by stty(1). Restored at the latest when the process is told to end. */
final class SttyTerminal implements RawTerminal {
    private static final Pattern SAVED = Pattern.compile("[0-9a-fA-F:=a-z]{1,400}");

    private final String saved;
    private final Thread atExit = new Thread(this::restore, "xcs-terminal");
    private boolean isRaw;
    private boolean isClosed;

    private SttyTerminal(String saved) {
        this.saved = saved;
    }

    /** Empty when standard input is no terminal. */
    static Optional<RawTerminal> ofStandardInput() {
        String saved = stty("-g");
        if (saved == null || !SAVED.matcher(saved).matches()) {
            return Optional.empty();
        }
        SttyTerminal terminal = new SttyTerminal(saved);
        Runtime.getRuntime().addShutdownHook(terminal.atExit);
        return Optional.of(terminal);
    }

    @Override
    public synchronized void raw() {
        // Not when a signal has ended us already: nobody would restore it.
        if (isClosed) {
            return;
        }
        isRaw = true;
        if (stty("raw", "-echo") == null) {
            throw CommandFailure.of(ExitCode.REFUSED, "stty cannot set this terminal to raw");
        }
    }

    @Override
    public void close() {
        restore();
    }

    private synchronized void restore() {
        isClosed = true;
        if (isRaw) {
            isRaw = false;
            stty(saved);
        }
    }

    /** What it says; nothing when it fails. */
    private static @Nullable String stty(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Redirect.INHERIT)
                    .redirectError(Redirect.DISCARD)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return process.waitFor() == 0 ? said : null;
        } catch (IOException e) {
            // There is no stty: then there is no raw terminal either.
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
