package dev.xcs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads what is typed and sends it, until it ends, the escape key is pressed or the link is down. */
final class Keyboard implements Runnable {
    /** Ctrl-], as xl and telnet have it. */
    static final int ESCAPE = 0x1d;

    private static final int CHUNK_BYTES = 4096;

    private final InputStream in;
    private final ConsoleLink link;
    private final boolean hasEscape;

    private Keyboard(InputStream in, ConsoleLink link, boolean hasEscape) {
        this.in = in;
        this.link = link;
        this.hasEscape = hasEscape;
    }

    /** On a thread of its own, since reading waits; it does not keep the process. */
    static void start(InputStream in, ConsoleLink link, boolean hasEscape) {
        Thread thread = new Thread(new Keyboard(in, link, hasEscape), "xcs-keyboard");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            // Nothing yet, but who wants to write asks for it.
            link.type(ByteBuffer.allocate(0));
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                int escape = hasEscape ? indexOfEscape(chunk, read) : -1;
                // A copy: it is sent while the next is read.
                byte[] typed = java.util.Arrays.copyOf(chunk, escape < 0 ? read : escape);
                if (!link.type(ByteBuffer.wrap(typed)) || escape >= 0) {
                    link.detach();
                    return;
                }
            }
            link.inputEnded();
        } catch (IOException e) {
            // The terminal went away.
            link.detach();
        }
    }

    private static int indexOfEscape(byte[] chunk, int length) {
        for (int i = 0; i < length; i++) {
            if (chunk[i] == ESCAPE) {
                return i;
            }
        }
        return -1;
    }
}
