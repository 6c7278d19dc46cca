package dev.xcs.image.unpack;

import dev.xcs.model.Compression;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.CorruptedInputException;
import org.tukaani.xz.SingleXZInputStream;

/** Tells compressed bytes from others, and unpacks them, in at most {@link #MAX_WINDOW_BYTES} and some of memory. */
public final class Unpacking {
    /** How far back a stream can refer. */
    static final int MAX_WINDOW_BYTES = 40 << 20;
    /** The same for xz, in the steps that it has, and for LZMA. */
    static final int MAX_DICTIONARY_BYTES = 32 << 20;

    /** How many bytes {@link #of} has to see. */
    public static final int MAGIC_BYTES = 8;

    private static final int BUFFER = 1 << 14;
    /** What the library takes beside the dictionary. */
    private static final int XZ_LIMIT_KIB = (MAX_DICTIONARY_BYTES >> 10) + 512;

    private Unpacking() {}

    /** How bytes that begin so are compressed, or NONE. */
    public static Compression of(ByteBuffer head) {
        if (head.remaining() < MAGIC_BYTES) {
            return Compression.NONE;
        }
        int b0 = head.get(0) & 0xff;
        int b1 = head.get(1) & 0xff;
        int b2 = head.get(2) & 0xff;
        int b3 = head.get(3) & 0xff;
        long word = b0 | b1 << 8 | b2 << 16 | (long) b3 << 24;
        if (b0 == 0x1f && (b1 == 0x8b || b1 == 0x9e)) {
            return Compression.GZIP;
        }
        if (b0 == 'B' && b1 == 'Z' && b2 == 'h') {
            return Compression.BZIP2;
        }
        if (word == 0x587a37fdL) {
            return Compression.XZ;
        }
        if (b0 == 0x5d && b1 == 0 && b2 == 0) {
            return Compression.LZMA;
        }
        if (word == 0x4f5a4c89L) {
            return Compression.LZO;
        }
        if (word == Lz4Stream.MAGIC) {
            return Compression.LZ4;
        }
        return word == ZstdStream.MAGIC ? Compression.ZSTD : Compression.NONE;
    }

    /** The unpacked bytes; a stream of it fails with {@link WindowExceeded} where it may be well, but too much would have to be kept. */
    public static InputStream open(Compression compression, InputStream packed) throws IOException {
        InputStream in = new BufferedInputStream(packed, BUFFER);
        return switch (compression) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER);
            case BZIP2 -> new BZip2CompressorInputStream(in);
            case LZO -> new LzopStream(in);
            case LZ4 -> new Lz4Stream(in);
            case ZSTD -> new ZstdStream(in);
            case LZMA -> {
                LzmaFile.Opened opened = LzmaFile.open(in);
                yield new Lenient(opened.stream(), opened.capped());
            }
            case XZ -> {
                XzHeaderCap cap = XzHeaderCap.on(in);
                yield new Lenient(new SingleXZInputStream(cap.stream(), XZ_LIMIT_KIB), cap.capped());
            }
        };
    }

    /** Of a library that cannot tell a reference into what is no longer kept from one into nowhere. */
    private static final class Lenient extends InputStream {
        private final InputStream in;
        private final boolean capped;
        private long done;

        Lenient(InputStream in, boolean capped) {
            this.in = in;
            this.capped = capped;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                int got = in.read(into, offset, length);
                done += Math.max(0, got);
                return got;
            } catch (CorruptedInputException e) {
                if (capped && done >= MAX_DICTIONARY_BYTES - (long) length) {
                    throw (IOException) new WindowExceeded(MAX_DICTIONARY_BYTES).initCause(e);
                }
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
