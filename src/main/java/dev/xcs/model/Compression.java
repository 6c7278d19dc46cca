package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a kernel, or the payload of a bzImage, is compressed. In JSON the names are in lower case. */
public enum Compression {
    NONE,
    GZIP,
    BZIP2,
    LZMA,
    XZ,
    LZO,
    LZ4,
    ZSTD;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static Compression ofJson(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
