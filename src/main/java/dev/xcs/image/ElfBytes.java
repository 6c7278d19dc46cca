package dev.xcs.image;

import java.nio.ByteBuffer;

/** An ELF somewhere, whose headers have been checked. */
public interface ElfBytes {
    long size();

    /** The bytes from {@code at}, fewer than asked where it ends; little-endian. */
    ByteBuffer read(long at, int length);
}
