package dev.xcs.image.unpack;

import java.io.IOException;
import java.io.InputStream;
import org.tukaani.xz.LZMAInputStream;

/** The header of a file of LZMA Utils; the dictionary that it claims is made no larger than is kept. */
final class LzmaFile {
    private LzmaFile() {}

    /** What is said to be before the content. */
    record Opened(InputStream stream, boolean capped) {}

    static Opened open(InputStream in) throws IOException {
        Bytes header = new Bytes(in);
        int properties = header.u8();
        long dictionary = header.little(4);
        long size = header.little(8);
        CorruptStream.unless(properties <= (4 * 5 + 4) * 9 + 8, "it has no header of LZMA");
        CorruptStream.unless(size >= -1, "it is longer than can be");
        int kept = (int) Math.min(dictionary, Unpacking.MAX_DICTIONARY_BYTES);
        return new Opened(
                new LZMAInputStream(in, size, (byte) properties, kept), dictionary > Unpacking.MAX_DICTIONARY_BYTES);
    }
}
