package dev.xcs.hypervisor.xen;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * The form of a cached kernel on disk: the ELF, so that it can be mapped as it is, then a trailer of one page, big-endian: the
 * magic, the ELF's length, its CRC-32C, then the length of the path it was made from and that path. The trailer tells a file that was cut
 * short or damaged from a whole one.
 */
final class CacheFile {
    static final int TRAILER_BYTES = 4096;
    /** "XCSKERN2". */
    private static final long MAGIC = 0x5843534b45524e32L;

    private static final int SOURCE_AT = 3 * Long.BYTES + Integer.BYTES;
    private static final int CHUNK_BYTES = 1 << 20;

    private CacheFile() {}

    /** Something that writes an ELF. */
    @FunctionalInterface
    interface Content {
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    /** Writes a new file. */
    static void write(Path file, Path source, Content content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SummingChannel summing = new SummingChannel(channel);
            content.writeTo(summing);
            ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
            byte[] path = source.toString().getBytes(StandardCharsets.UTF_8);
            int shown = Math.min(path.length, TRAILER_BYTES - SOURCE_AT);
            trailer.putLong(MAGIC).putLong(summing.written()).putLong(summing.crc());
            trailer.putInt(shown).put(path, 0, shown).rewind();
            while (trailer.hasRemaining()) {
                channel.write(trailer);
            }
        }
    }

    /** The ELF's length, or nothing when there is no such file or it is not whole. */
    static OptionalLong verify(Path file) throws IOException {
        if (!Files.exists(file)) {
            return OptionalLong.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = channel.size() - TRAILER_BYTES;
            if (length <= 0) {
                return OptionalLong.empty();
            }
            ByteBuffer trailer = fill(channel, length, ByteBuffer.allocate(TRAILER_BYTES));
            boolean whole = trailer.getLong() == MAGIC
                    && trailer.getLong() == length
                    && trailer.getLong() == crc(channel, length);
            return whole ? OptionalLong.of(length) : OptionalLong.empty();
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
    }

    /** The path of the kernel it was made from; empty when it cannot be told. */
    static String source(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = channel.size() - TRAILER_BYTES;
            if (length <= 0) {
                return "";
            }
            ByteBuffer trailer = fill(channel, length, ByteBuffer.allocate(TRAILER_BYTES));
            int shown = trailer.getInt(SOURCE_AT - Integer.BYTES);
            boolean known = trailer.getLong() == MAGIC && shown >= 0 && shown <= TRAILER_BYTES - SOURCE_AT;
            return known ? new String(trailer.array(), SOURCE_AT, shown, StandardCharsets.UTF_8) : "";
        }
    }

    private static long crc(FileChannel channel, long length) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        for (long at = 0; at < length; at += CHUNK_BYTES) {
            crc.update(fill(channel, at, chunk.clear().limit((int) Math.min(CHUNK_BYTES, length - at))));
        }
        return crc.getValue();
    }

    private static ByteBuffer fill(FileChannel channel, long from, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, from + into.position()) < 0) {
                throw new IOException("the file ends at " + (from + into.position()));
            }
        }
        return into.flip();
    }

    private static final class SummingChannel implements WritableByteChannel {
        private final WritableByteChannel target;
        private final CRC32C crc = new CRC32C();
        private long written;

        SummingChannel(WritableByteChannel target) {
            this.target = target;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            ByteBuffer same = from.duplicate();
            int count = target.write(from);
            crc.update(same.limit(same.position() + count));
            written += count;
            return count;
        }

        long written() {
            return written;
        }

        long crc() {
            return crc.getValue();
        }

        @Override
        public boolean isOpen() {
            return target.isOpen();
        }

        @Override
        public void close() throws IOException {
            target.close();
        }
    }
}
