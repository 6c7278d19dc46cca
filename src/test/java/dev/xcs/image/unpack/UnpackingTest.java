package dev.xcs.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.image.Kernels;
import dev.xcs.model.Compression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class UnpackingTest {
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void unpacksWhatPackersMake(
            @ForAll Compression compression,
            @ForAll long seed,
            @ForAll @IntRange(max = 40_000) int length,
            @ForAll @IntRange(min = 1, max = 256) int letters)
            throws IOException {
        byte[] content = content(seed, length, letters);

        assertThat(unpack(compression, Kernels.pack(content, compression))).isEqualTo(content);
    }

    /** Several blocks and pages, with what repeats far back. */
    @ParameterizedTest
    @EnumSource(Compression.class)
    void unpacksMegabytes(Compression compression) throws IOException {
        // A block of LZ4 has 8 MiB.
        int length = (compression == Compression.LZ4 ? 9 : 2) << 20;
        byte[] content = content(7, length, 40);
        System.arraycopy(content, 0, content, length - (1 << 20), 1 << 20);
        byte[] packed = Kernels.pack(content, compression);

        assertThat(Unpacking.of(ByteBuffer.wrap(packed))).isEqualTo(compression);
        assertThat(unpack(compression, packed)).isEqualTo(content);
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void refusesWhatEndsTooEarly(Compression compression) throws IOException {
        byte[] packed = Kernels.pack(content(3, 50_000, 30), compression);

        // LZ4's frames have no end: one that ends between two blocks is whole.
        for (int length = 5; length < packed.length - 8; length += packed.length / 20) {
            byte[] cut = Arrays.copyOf(packed, length);
            assertThatThrownBy(() -> unpack(compression, cut))
                    .as("%s cut after %d of %d", compression, length, packed.length)
                    .isInstanceOf(IOException.class);
        }
    }

    /** zstd -22 --ultra --long=27, as kernels are packed, claims 128 MiB; here it is 1 MiB of zeros in a few blocks. */
    @Test
    void takesNoMoreMemoryForAWindowThanThereIsContent() throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(64);
        frame.put(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (17 << 3)});
        for (int i = 0; i < 8; i++) {
            int header = (1 << 17) << 3 | 1 << 1 | (i == 7 ? 1 : 0);
            frame.put((byte) header)
                    .put((byte) (header >> 8))
                    .put((byte) (header >> 16))
                    .put((byte) 0);
        }

        long before = allocated();
        byte[] content = unpack(Compression.ZSTD, Arrays.copyOf(frame.array(), frame.position()));

        long taken = allocated() - before;

        assertThat(content).isEqualTo(new byte[1 << 20]);
        assertThat(taken).isLessThan(8 << 20);
    }

    /** The library would make all of the dictionary at once. */
    @Test
    void takesAnXzFileThatClaimsALargeDictionary() throws IOException {
        byte[] content = content(5, 1 << 19, 50);
        LZMA2Options options = new LZMA2Options(0);
        options.setDictSize(40 << 20);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (XZOutputStream packer = new XZOutputStream(packed, options)) {
            packer.write(content);
        }

        long before = allocated();
        byte[] unpacked = unpack(Compression.XZ, packed.toByteArray());

        long taken = allocated() - before;

        assertThat(unpacked).isEqualTo(content);
        assertThat(taken).isLessThan(60 << 20);
    }

    @Test
    void saysWhenAStreamRefersBackFurtherThanIsKept() throws IOException {
        byte[] noise = content(11, 1 << 16, 256);
        LZMA2Options options = new LZMA2Options(0);
        options.setDictSize(40 << 20);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (XZOutputStream packer = new XZOutputStream(packed, options)) {
            packer.write(noise);
            for (int i = 0; i < 33; i++) {
                packer.write(new byte[1 << 20]);
            }
            packer.write(noise);
        }

        assertThatThrownBy(() -> unpack(Compression.XZ, packed.toByteArray())).isInstanceOf(WindowExceeded.class);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    private static byte[] unpack(Compression compression, byte[] packed) throws IOException {
        try (InputStream in = Unpacking.open(compression, new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    /** Some noise, runs, and repetitions. */
    private static byte[] content(long seed, int length, int letters) {
        Random random = new Random(seed);
        byte[] content = new byte[length];
        int at = 0;
        while (at < length) {
            int run = Math.min(length - at, 1 + random.nextInt(200));
            int kind = letters == 256 ? 2 : random.nextInt(3);
            if (kind == 0) {
                Arrays.fill(content, at, at + run, (byte) random.nextInt(letters));
            } else if (kind == 1 && at > run) {
                System.arraycopy(content, random.nextInt(at - run + 1), content, at, run);
            } else {
                for (int i = at; i < at + run; i++) {
                    content[i] = (byte) random.nextInt(letters);
                }
            }
            at += run;
        }
        return content;
    }
}
