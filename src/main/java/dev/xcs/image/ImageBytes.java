package dev.xcs.image;

import dev.xcs.model.ProblemException;
import java.nio.ByteBuffer;

/** The bytes of an image, be they those of a file or what is packed in one. Whoever reads in ascending order is served fastest. */
public interface ImageBytes {
    /** The bytes from {@code at}, fewer where the image ends; little-endian. */
    ByteBuffer read(long at, int length);

    /** How many there are, or {@link Long#MAX_VALUE} as long as that is not known. */
    long size();

    /** A refusal to be thrown: {@code what} is a sentence without its beginning and its end. */
    ProblemException refuse(long at, String what);

    /** Exactly that many bytes, or a refusal that names {@code what}. */
    default ByteBuffer require(String what, long at, int length) {
        requireInside(what, at, length);
        ByteBuffer bytes = read(at, length);
        if (bytes.remaining() < length) {
            throw refuse(at, "the " + what + " has " + bytes.remaining() + " of its " + length + " bytes");
        }
        return bytes;
    }

    /** Refuses what is not inside; lengths and places count as unsigned. */
    default void requireInside(String what, long at, long length) {
        if (at < 0 || length < 0 || at > size() || length > size() - at) {
            throw refuse(
                    at,
                    "the " + what + " has " + Long.toUnsignedString(length) + " bytes there, but the image has only "
                            + size());
        }
    }
}
