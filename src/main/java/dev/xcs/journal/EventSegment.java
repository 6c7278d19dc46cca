package dev.xcs.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * One file of the event journal: records of {@code u32 length, u32 CRC-32C, bytes}, big-endian, one sequence number each, without gaps from
 * the number in the file's name. Not thread-safe.
 */
final class EventSegment implements AutoCloseable {
    static final int RECORD_HEADER = 8;
    /** Longer records are damage: a control message is far below this. */
    static final int MAX_RECORD = 1 << 20;
    /** One offset is remembered for this many records. */
    private static final int INDEX_STEP = 64;

    private static final String SUFFIX = ".events";

    private final Path file;
    private final FileChannel channel;
    private final long first;
    private final List<Long> index = new ArrayList<>();
    private long count;
    private long end;

    private EventSegment(Path file, long first, FileChannel channel) {
        this.file = file;
        this.first = first;
        this.channel = channel;
    }

    static EventSegment create(Path directory, long first) throws IOException {
        Path file = directory.resolve(String.format("%020d", first) + SUFFIX);
        return new EventSegment(
                file,
                first,
                FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /** Opens a file and finds its records; what follows the last whole one (a torn write) is cut off. */
    static EventSegment open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        EventSegment segment = new EventSegment(file, firstOf(file), channel);
        segment.scan();
        return segment;
    }

    static boolean isSegment(Path file) {
        return file.getFileName().toString().matches("\\d{20}\\" + SUFFIX);
    }

    private static long firstOf(Path file) {
        return Long.parseLong(file.getFileName().toString().substring(0, 20));
    }

    private void scan() throws IOException {
        long size = channel.size();
        byte[] record;
        while ((record = readAt(end, size)) != null) {
            remember(record.length);
        }
        if (end < size) {
            channel.truncate(end);
        }
    }

    private void remember(int length) {
        if (count % INDEX_STEP == 0) {
            index.add(end);
        }
        count++;
        end += RECORD_HEADER + length;
    }

    /** The record at a position, or null when there is no whole and undamaged one. */
    private byte @org.jspecify.annotations.Nullable [] readAt(long position, long size) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(RECORD_HEADER);
        if (position + RECORD_HEADER > size || fill(header, position) < RECORD_HEADER) {
            return null;
        }
        int length = header.getInt(0);
        if (length <= 0 || length > MAX_RECORD || position + RECORD_HEADER + length > size) {
            return null;
        }
        ByteBuffer body = ByteBuffer.allocate(length);
        fill(body, position + RECORD_HEADER);
        return checksum(body.array()) == header.getInt(4) ? body.array() : null;
    }

    private int fill(ByteBuffer into, long position) throws IOException {
        int total = 0;
        while (into.hasRemaining()) {
            int got = channel.read(into, position + total);
            if (got < 0) {
                return total;
            }
            total += got;
        }
        return total;
    }

    /** Appends all records in one write; on failure the file is cut back to what it was. */
    void append(List<byte[]> records) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(
                records.stream().mapToInt(r -> RECORD_HEADER + r.length).sum());
        for (byte[] record : records) {
            all.putInt(record.length).putInt(checksum(record)).put(record);
        }
        all.flip();
        try {
            long position = end;
            while (all.hasRemaining()) {
                position += channel.write(all, position);
            }
        } catch (IOException failure) {
            channel.truncate(end);
            throw failure;
        }
        records.forEach(record -> remember(record.length));
    }

    /**
     * What there is from a sequence number on, as it is now; can be read while others append.
     *
     * @param position of a record at or before the first that is wanted
     * @param skip how many records before the wanted one that is
     * @param count how many records there are from that position on
     */
    record Span(EventSegment segment, long position, long skip, long count, long end) {
        /** Hands over the records until the reader says false or the end is reached. */
        boolean read(Predicate<byte[]> reader) throws IOException {
            long at = position;
            for (long i = 0; i < count; i++) {
                byte[] record = segment.readAt(at, end);
                if (record == null) {
                    throw new IOException(segment.file + " is damaged at byte " + at);
                }
                at += RECORD_HEADER + record.length;
                if (i >= skip && !reader.test(record)) {
                    return false;
                }
            }
            return true;
        }
    }

    Span from(long sequence) {
        long wanted = Math.max(sequence, first) - first;
        if (wanted >= count) {
            return new Span(this, end, 0, 0, end);
        }
        long start = wanted - wanted % INDEX_STEP;
        return new Span(this, index.get((int) (start / INDEX_STEP)), wanted - start, count - start, end);
    }

    long first() {
        return first;
    }

    /** The sequence number after the last one here. */
    long next() {
        return first + count;
    }

    long bytes() {
        return end;
    }

    long modifiedMillis() throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }

    void sync() throws IOException {
        channel.force(false);
    }

    void delete() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @Override
    public void close() {
        try {
            channel.force(false);
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
