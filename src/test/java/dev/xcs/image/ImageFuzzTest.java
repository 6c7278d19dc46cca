package dev.xcs.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.xcs.model.Compression;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Broken images of every kind: 100,000 and more of them, each of which is told or refused by a problem with a field, and takes no more
 * memory than is promised. Repeatable: the same cases in each run.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ImageFuzzTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MAX_BYTES = 64 << 20;
    private static final Path NAME = Path.of("/boot/fuzzed");
    /** As many of a packed image, which costs more, and of one that is not. */
    private static final int PACKED_CASES = 1_000;

    private static final int PLAIN_CASES = 8_000;

    private int cases;
    private int refused;
    private long most;

    @Test
    void tellsOrRefusesWhateverIsBroken() throws IOException {
        Map<String, byte[]> seeds = seeds();
        for (Map.Entry<String, byte[]> seed : seeds.entrySet()) {
            boolean plain = seed.getKey().startsWith("plain");
            setEachFieldToEachExtreme(seed.getKey(), seed.getValue(), plain ? 512 : 48);
            cut(seed.getKey(), seed.getValue(), plain ? PLAIN_CASES / 4 : PACKED_CASES / 4);
            scribble(seed.getKey(), seed.getValue(), plain ? PLAIN_CASES : PACKED_CASES);
        }

        assertThat(cases).isGreaterThan(100_000);
        // Neither everything nor nothing is refused: the cases reach what they are meant for.
        assertThat(refused).isBetween(cases / 4, cases * 19 / 20);
        assertThat(most).isGreaterThan(1 << 16).isLessThan(MAX_BYTES);
    }

    private static Map<String, byte[]> seeds() throws IOException {
        byte[] linux = ElfWriter.linux().write();
        byte[] old = ElfWriter.elf32()
                .guestSection("GUEST_OS=netbsd,XEN_VER=xen-3.0,LOADER=generic,VIRT_BASE=0xc0000000,PAE=yes")
                .write();
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("plain elf64", linux);
        seeds.put(
                "plain elf32",
                ElfWriter.elf32().text(6, "NetBSD").notesInSection().write());
        seeds.put("plain guest section", old);
        seeds.put("plain 386 a.out", Kernels.plan9(false));
        seeds.put("plain amd64 a.out", Kernels.plan9(true));
        seeds.put("plain multiboot", Kernels.multiboot());
        seeds.put("plain multiboot2", Kernels.multiboot2());
        seeds.put("plain bzImage", Kernels.bzImage(linux));
        for (Compression compression : Compression.values()) {
            if (compression != Compression.NONE) {
                seeds.put("packed elf " + compression, Kernels.pack(linux, compression));
                seeds.put("packed bzImage " + compression, Kernels.bzImage(old, compression));
            }
        }
        return seeds;
    }

    /** All headers are within the first bytes: the widths that fields have, at each place that they can have. */
    private void setEachFieldToEachExtreme(String name, byte[] seed, int headerBytes) {
        for (int width = 1; width <= 8; width *= 2) {
            for (int start = 0; start + width <= Math.min(headerBytes, seed.length); start += width) {
                int at = start;
                for (long value : extremes(width, seed.length)) {
                    byte[] broken = seed.clone();
                    ByteBuffer wide = ByteBuffer.allocate(8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(0, value);
                    System.arraycopy(wide.array(), 0, broken, at, width);
                    run(broken, () -> name + " with " + value + " at " + at);
                }
            }
        }
    }

    private static long[] extremes(int width, int length) {
        long all = -1L >>> 64 - 8 * width;
        return new long[] {0, 1, all, all >>> 1, (all >>> 1) + 1, all - 1, length, length - 1L};
    }

    private void cut(String name, byte[] seed, int count) {
        Random random = new Random(name.hashCode());
        for (int i = 0; i < count; i++) {
            int length = 1 + random.nextInt(seed.length - 1);
            run(Arrays.copyOf(seed, length), () -> name + " cut after " + length);
        }
    }

    private void scribble(String name, byte[] seed, int count) {
        for (int i = 0; i < count; i++) {
            int number = i;
            Random random = new Random(31L * name.hashCode() + i);
            byte[] broken = seed.clone();
            int bytes = 1 + random.nextInt(8);
            int reach = random.nextBoolean() ? Math.min(seed.length, 128) : seed.length;
            for (int j = 0; j < bytes; j++) {
                broken[random.nextInt(reach)] = (byte) random.nextInt();
            }
            run(broken, () -> name + " scribbled on, case " + number);
        }
    }

    /** Names a case, when it has failed. */
    private interface Name {
        String text();
    }

    private void run(byte[] image, Name name) {
        cases++;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try (BootFile file = BootFile.of("kernel", NAME, new SeekableInMemoryByteChannel(image))) {
            ImageInspector.inspect(file);
        } catch (ProblemException e) {
            refused++;
            if (e.problem().type() != ProblemType.BAD_IMAGE
                    || !"kernel".equals(e.problem().field())) {
                throw new AssertionError(name.text() + ": " + e.problem(), e);
            }
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(name.text(), e);
        }
        long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (taken >= MAX_BYTES) {
            throw new AssertionError(name.text() + " took " + taken + " bytes");
        }
        most = Math.max(most, taken);
    }
}
