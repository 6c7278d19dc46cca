package dev.xcs.image;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A kernel or ramdisk, opened once so that what is checked is what is read, by one thread at a time. Every refusal is a {@link ProblemType#BAD_IMAGE}
 * that names the field it came from.
 */
public final class BootFile implements AutoCloseable {
    private final String field;
    private final Path path;
    private final SeekableByteChannel channel;
    private final long size;

    private BootFile(String field, Path path, SeekableByteChannel channel, long size) {
        this.field = field;
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /**
     * Opens an existing, regular, readable file that is not empty.
     *
     * @param field the request's field that holds the path, {@code kernel} or {@code ramdisk}
     */
    public static BootFile open(String field, String path) {
        Path file = absolute(field, path);
        // Looked at before it is opened: opening a fifo would block.
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw refuse(field, file, Files.isDirectory(file) ? "is a directory" : "is not a regular file");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            long size = channel.size();
            if (size == 0) {
                channel.close();
                throw refuse(field, file, "is empty");
            }
            return new BootFile(field, file, channel, size);
        } catch (IOException e) {
            close(channel, e);
            throw new ProblemException(refuse(field, file, reason(e)).problem(), e);
        }
    }

    /** What an open channel holds, under the name of a file. */
    static BootFile of(String field, Path path, SeekableByteChannel channel) throws IOException {
        return new BootFile(field, path, channel, channel.size());
    }

    private static void close(@Nullable FileChannel channel, IOException cause) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private static Path absolute(String field, String path) {
        try {
            Path file = Path.of(path);
            if (file.isAbsolute()) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new ProblemException(
                    Problem.invalidField(field, path, "the path of a file").withStep("image"), e);
        }
        throw Problem.invalidField(field, path, "an absolute path")
                .withStep("image")
                .toException();
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "does not exist";
        }
        return e instanceof AccessDeniedException ? "may not be read (permission denied)" : "cannot be read: " + e;
    }

    private static ProblemException refuse(String field, Path path, String what) {
        return Problem.of(ProblemType.BAD_IMAGE, field + ": " + Problem.quote(path.toString()) + " " + what)
                .withField(field)
                .withStep("image")
                .toException();
    }

    /** The refusal of this file, to be thrown: {@code what} continues a sentence that begins with its name. */
    public ProblemException refuse(String what) {
        return refuse(field, path, what);
    }

    public Path path() {
        return path;
    }

    /** The size in bytes when it was opened. */
    public long size() {
        return size;
    }

    /** The bytes from {@code at}, fewer than asked where the file ends; little-endian. */
    public ByteBuffer read(long at, int length) {
        int available = at < 0 ? 0 : (int) Math.max(0, Math.min(length, size - at));
        ByteBuffer into = ByteBuffer.allocate(available).order(ByteOrder.LITTLE_ENDIAN);
        readFully(at, into);
        return into.flip();
    }

    /** Fills the buffer with the bytes from {@code at}; a file that has become shorter is refused. */
    public void readFully(long at, ByteBuffer into) {
        try {
            channel.position(at);
            while (into.hasRemaining()) {
                if (channel.read(into) < 0) {
                    throw refuse("became shorter while it was read");
                }
            }
        } catch (IOException e) {
            throw new ProblemException(refuse("cannot be read: " + e).problem(), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new ProblemException(refuse("cannot be closed: " + e).problem(), e);
        }
    }
}
