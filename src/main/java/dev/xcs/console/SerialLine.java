package dev.xcs.console;

import dev.xcs.journal.ConsoleHistory;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.SerialShown;
import io.vertx.core.buffer.Buffer;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The two pipes of a serial port. Bytes wait in them while nobody is here: the guest is held up when its pipe is full. What is taken out is kept at
 * once; a daemon that is killed just in between loses it. Everything here may touch the disk, nothing waits for the guest.
 */
final class SerialLine {
    /** So much a pipe takes without making the writer wait, on any system (PIPE_BUF of Linux); nobody else writes. */
    static final int ROOM = 4096;

    private static final int READ_BYTES = 64 * 1024;

    private final SerialShown at;
    private final ConsoleHistory history;
    private @Nullable Pipe said;
    private @Nullable Pipe typed;

    SerialLine(SerialShown at, ConsoleHistory history) {
        this.at = at;
        this.history = history;
    }

    SerialLine open() throws IOException {
        said = Pipe.open(at.said());
        typed = Pipe.open(at.typed());
        return this;
    }

    /** What there is, kept; may be nothing. */
    Buffer read() throws IOException {
        byte[] bytes = said == null ? new byte[0] : said.read(READ_BYTES);
        if (bytes.length == 0) {
            return ConsoleFrame.of(history.extent().next(), bytes, 0);
        }
        // The ring's count says nothing any more of how far the history is; from before there are bytes that it has not
        // counted.
        history.disturbed();
        long offset = history.append(bytes, 0, bytes.length);
        return ConsoleFrame.of(offset, bytes, bytes.length);
    }

    /** Puts in what finds room now; gives how much. */
    int write(byte[] bytes) throws IOException {
        return typed == null ? 0 : typed.write(bytes, ROOM);
    }

    SerialLine close() throws IOException {
        for (Pipe pipe : new @Nullable Pipe[] {said, typed}) {
            if (pipe != null) {
                pipe.file.close();
            }
        }
        return this;
    }

    /**
     * A named pipe.
     *
     * @param file opened for both ends, since one that is opened for one waits for the other
     * @param view the same once more, which tells how much waits in it
     */
    private record Pipe(RandomAccessFile file, FileInputStream view) {
        static Pipe open(String name) throws IOException {
            Path path = Path.of(name);
            // Where there is none a file would be made.
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                throw new FileSystemException(name, null, "it is no pipe");
            }
            RandomAccessFile file = new RandomAccessFile(name, "rw");
            return new Pipe(file, new FileInputStream(file.getFD()));
        }

        byte[] read(int atMost) throws IOException {
            byte[] bytes = new byte[Math.min(view.available(), atMost)];
            int length = bytes.length == 0 ? 0 : file.read(bytes);
            return Arrays.copyOf(bytes, Math.max(0, length));
        }

        int write(byte[] bytes, int room) throws IOException {
            int count = Math.min(bytes.length, Math.max(0, room - view.available()));
            file.write(bytes, 0, count);
            return count;
        }
    }
}
