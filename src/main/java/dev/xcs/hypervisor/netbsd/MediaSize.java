package dev.xcs.hypervisor.netbsd;

import java.util.OptionalLong;

/**
 * Asks a device itself how large it is: the ioctl DIOCGMEDIASIZE, {@code _IOR('d', 132, off_t)} of sys/dkio.h, which is 0x40086484, with the size in
 * bytes in its eight.
 */
@FunctionalInterface
public interface MediaSize {
    /** Nobody is asked: only the disklabel tells. */
    MediaSize UNKNOWN = path -> OptionalLong.empty();

    /** @return empty where its driver does not know the question */
    OptionalLong of(String path);
}
