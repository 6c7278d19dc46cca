package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.ConsolePage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The line discipline of a guest's console: echo, erase, interrupt, end of file; lines that wait for the shell; output that waits for
 * room in the ring. Text is bytes throughout (ISO 8859-1 outside), so that whatever is typed comes back unchanged.
 */
final class Terminal {
    /** What a key did beyond changing the line. */
    enum Key {
        NONE,
        INTERRUPT,
        END_OF_FILE
    }

    /** As Linux does in canonical mode: what does not fit is answered with BEL. */
    private static final int MAX_LINE = 4095;

    private static final int MAX_LINES_BYTES = 4096;
    /** No more input is taken from the ring while so much output waits. */
    private static final int MUCH_OUTPUT = 8192;

    private final StringBuilder line = new StringBuilder();
    private final Deque<String> lines = new ArrayDeque<>();
    private int linesBytes;
    private byte[] output = new byte[2048];
    private int outputStart;
    private int outputEnd;
    private boolean echo = true;

    void echo(boolean value) {
        echo = value;
    }

    /** Prints as a tty does: a line feed becomes carriage return and line feed. */
    void print(String text) {
        byte[] bytes = text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        if (outputEnd + bytes.length > output.length) {
            byte[] roomier = new byte[Math.max(2048, 2 * (waiting() + bytes.length))];
            System.arraycopy(output, outputStart, roomier, 0, waiting());
            outputEnd = waiting();
            outputStart = 0;
            output = roomier;
        }
        System.arraycopy(bytes, 0, output, outputEnd, bytes.length);
        outputEnd += bytes.length;
    }

    /** Bytes of output that wait for the ring. */
    int waiting() {
        return outputEnd - outputStart;
    }

    boolean takesInput() {
        return waiting() < MUCH_OUTPUT;
    }

    /** Moves output into the ring, at most {@code limit} bytes; gives how many found room. */
    int flush(ConsolePage ring, int limit) {
        int moved = ring.putOutput(output, outputStart, Math.min(waiting(), limit));
        outputStart += moved;
        if (outputStart == outputEnd) {
            outputStart = 0;
            outputEnd = 0;
        }
        return moved;
    }

    @Nullable
    String nextLine() {
        String next = lines.poll();
        linesBytes -= next == null ? 0 : next.length() + 1;
        return next;
    }

    Key type(byte typed) {
        int c = typed & 0xff;
        return switch (c) {
            case 3 -> interrupt();
            case 4 -> endOfFile();
            case 8, 127 -> erase();
            case 21 -> eraseAll();
            case '\r', '\n' -> enter();
            default -> insert((char) c);
        };
    }

    private Key interrupt() {
        // As a tty without NOFLSH: what is typed ahead and what waits to be printed is dropped.
        lines.clear();
        linesBytes = 0;
        line.setLength(0);
        outputStart = 0;
        outputEnd = 0;
        print("^C\n");
        return Key.INTERRUPT;
    }

    private Key endOfFile() {
        return line.isEmpty() ? Key.END_OF_FILE : Key.NONE;
    }

    private Key erase() {
        if (!line.isEmpty()) {
            line.setLength(line.length() - 1);
            show("\b \b");
        }
        return Key.NONE;
    }

    private Key eraseAll() {
        while (!line.isEmpty()) {
            erase();
        }
        return Key.NONE;
    }

    private Key enter() {
        if (linesBytes + line.length() + 1 > MAX_LINES_BYTES) {
            print("\007");
        } else {
            show("\n");
            lines.add(line.toString());
            linesBytes += line.length() + 1;
            line.setLength(0);
        }
        return Key.NONE;
    }

    private Key insert(char c) {
        if (line.length() >= MAX_LINE) {
            print("\007");
        } else if (c >= 0x20 || c == '\t') {
            line.append(c);
            show(String.valueOf(c));
        } else {
            show("^" + (char) (c + 0x40));
        }
        return Key.NONE;
    }

    private void show(String text) {
        if (echo) {
            print(text);
        }
    }
}
