package dev.xcs.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * One file of a console's history: the bytes as the guest printed them and nothing else, from the offset that is the file's name. What is
 * between the end of one file and the begin of the next is lost.
 *
 * @param bytes how many there are
 */
record ConsoleSegment(Path file, long first, long bytes) {
    private static final String SUFFIX = ".bytes";

    static Path file(Path directory, long first) {
        return directory.resolve(String.format("%020d", first) + SUFFIX);
    }

    static boolean isSegment(Path file) {
        return file.getFileName().toString().matches("\\d{20}\\" + SUFFIX);
    }

    static ConsoleSegment of(Path file) throws IOException {
        long first = Long.parseLong(file.getFileName().toString().substring(0, 20));
        return new ConsoleSegment(file, first, Files.size(file));
    }

    /** Makes the file; one of the same name has no byte that anybody was promised. */
    static FileChannel create(Path file) throws IOException {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        return FileChannel.open(file, options, mode);
    }

    long end() {
        return first + bytes;
    }

    ConsoleSegment withBytes(long value) {
        return new ConsoleSegment(file, first, value);
    }

    /** The bytes from an offset on; fewer than wanted only at the end. */
    byte[] read(long from, int wanted) throws IOException {
        ByteBuffer into = ByteBuffer.allocate((int) Math.min(wanted, end() - from));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int got = 0;
            while (got >= 0 && into.hasRemaining()) {
                got = channel.read(into, from - first + into.position());
            }
        }
        if (into.hasRemaining()) {
            throw new IOException(file + " is shorter than it was");
        }
        return into.array();
    }

    /** How many bytes there are before the zeros at the end: what a file system leaves where it had promised a length and lost the content. */
    long bytesBeforeZeros() throws IOException {
        int block = 4096;
        for (long end = bytes; end > 0; end -= block) {
            long from = Math.max(0, end - block);
            byte[] some = read(first + from, (int) (end - from));
            for (int i = some.length; i > 0; i--) {
                if (some[i - 1] != 0) {
                    return from + i;
                }
            }
        }
        return 0;
    }
}
