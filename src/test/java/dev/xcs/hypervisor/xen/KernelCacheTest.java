package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.image.BootFile;
import dev.xcs.model.CachedKernel;
import dev.xcs.model.KernelCacheCounts;
import dev.xcs.model.KernelCacheView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {
    /** What one cached kernel of these tests takes. */
    private static final int ELF_BYTES = 1000;

    private static final int FILE_BYTES = ELF_BYTES + CacheFile.TRAILER_BYTES;

    @TempDir
    Path home;

    private final AtomicInteger unpacked = new AtomicInteger();
    private Path directory;

    @BeforeEach
    void emptyCache() {
        directory = home.resolve("cache");
    }

    @Test
    void unpacksAKernelOnce() throws IOException {
        KernelCache cache = cache(10 * FILE_BYTES);
        Path kernel = kernel("one");

        for (int i = 0; i < 3; i++) {
            try (KernelCache.Lease lease = lease(cache, kernel)) {
                assertThat(lease.elfBytes()).isEqualTo(ELF_BYTES);
                assertThat(Files.readAllBytes(lease.file())).startsWith("one".getBytes(StandardCharsets.US_ASCII));
            }
        }
        assertThat(unpacked).hasValue(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
    }

    @Test
    void findsKernelsOfAnEarlierDaemon() throws IOException {
        Path kernel = kernel("one");
        lease(cache(10 * FILE_BYTES), kernel).close();

        lease(cache(10 * FILE_BYTES), kernel).close();

        assertThat(unpacked).hasValue(1);
    }

    @Test
    void unpacksAgainWhenTheKernelChanges() throws IOException {
        KernelCache cache = cache(10 * FILE_BYTES);
        Path kernel = kernel("one");
        lease(cache, kernel).close();
        FileTime time = Files.getLastModifiedTime(kernel);

        // Written until the clock of the file system has moved on.
        String before = FileIdentity.of(kernel);
        do {
            Files.writeString(kernel, "two");
            Files.setLastModifiedTime(kernel, time);
        } while (FileIdentity.of(kernel).equals(before));

        try (KernelCache.Lease lease = lease(cache, kernel)) {
            assertThat(Files.readString(lease.file(), StandardCharsets.ISO_8859_1))
                    .startsWith("two");
        }
        assertThat(unpacked).hasValue(2);
    }

    @Test
    void rebuildsAnEntryThatWasCutShort() throws IOException {
        rebuildsAfter(file -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(FILE_BYTES / 2);
            }
        });
    }

    @Test
    void rebuildsAnEntryWithAWrongByte() throws IOException {
        rebuildsAfter(file -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {'x'}), 500);
            }
        });
    }

    @Test
    void rebuildsAnEntryThatSomebodyRemoved() throws IOException {
        rebuildsAfter(Files::delete);
    }

    private interface Damage {
        void to(Path file) throws IOException;
    }

    private void rebuildsAfter(Damage damage) throws IOException {
        Path kernel = kernel("one");
        KernelCache cache = cache(10 * FILE_BYTES);
        Path file;
        try (KernelCache.Lease lease = lease(cache, kernel)) {
            file = lease.file();
        }
        byte[] whole = Files.readAllBytes(file);
        damage.to(file);

        lease(cache, kernel).close();
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        assertThat(unpacked).hasValue(2);

        damage.to(file);
        lease(cache(10 * FILE_BYTES), kernel).close();
        assertThat(Files.readAllBytes(file)).as("found by the next daemon").isEqualTo(whole);
    }

    @Test
    void dropsTheLeastRecentlyUsed() throws IOException {
        KernelCache cache = cache(2 * FILE_BYTES);
        Path one = kernel("one");
        Path two = kernel("two");
        lease(cache, one).close();
        lease(cache, two).close();
        lease(cache, one).close();

        lease(cache, kernel("three")).close();

        assertThat(cached()).hasSize(2);
        lease(cache, one).close();
        assertThat(unpacked).as("one is still there").hasValue(3);
        lease(cache, two).close();
        assertThat(unpacked).as("two is gone").hasValue(4);
    }

    @Test
    void neverDropsALeasedKernel() throws IOException {
        KernelCache cache = cache(FILE_BYTES);
        KernelCache.Lease held = lease(cache, kernel("one"));

        lease(cache, kernel("two")).close();

        assertThat(held.file()).exists();
        assertThat(cached()).hasSize(1);
        held.close();
        assertThat(cached()).hasSize(1);
    }

    @Test
    void keepsAKernelBeyondTheCapOnlyWhileItIsLeased() throws IOException {
        KernelCache cache = cache(FILE_BYTES - 1);

        KernelCache.Lease held = lease(cache, kernel("one"));
        assertThat(held.file()).exists();
        held.close();

        assertThat(cached()).isEmpty();
    }

    @Test
    void sharesOneDecompressionAmongThreads() throws Exception {
        CountDownLatch waiting = new CountDownLatch(8);
        KernelCache cache = open(10 * FILE_BYTES, (kernel, into) -> {
            await(waiting);
            fill(kernel, into);
        });
        Path kernel = kernel("one");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Path> build = () -> {
                waiting.countDown();
                try (KernelCache.Lease lease = lease(cache, kernel)) {
                    return lease.file();
                }
            };
            List<Future<Path>> builds = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                builds.add(threads.submit(build));
            }
            for (Future<Path> done : builds) {
                assertThat(done.get(20, TimeUnit.SECONDS)).exists();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(unpacked).hasValue(1);
    }

    @Test
    void doesNotKeepAKernelThatWasReplacedWhileItWasRead() throws IOException {
        Path kernel = kernel("one");
        KernelCache cache = open(10 * FILE_BYTES, (file, into) -> {
            fill(file, into);
            Files.writeString(kernel, "another");
        });

        assertThatThrownBy(() -> lease(cache, kernel))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("was replaced while it was read");
        assertThat(cached()).isEmpty();
    }

    @Test
    void doesNotKeepTheOldContentOfAKernelThatWasReplacedAfterItWasOpened() throws IOException {
        KernelCache cache = cache(10 * FILE_BYTES);
        Path kernel = kernel("one");
        try (BootFile opened = BootFile.open("kernel", kernel.toString())) {
            Path newer = Files.writeString(home.resolve("newer"), "two");
            Files.move(newer, kernel, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

            cache.lease(opened).orElseThrow().close();
        }

        try (KernelCache.Lease lease = lease(cache, kernel)) {
            assertThat(Files.readString(lease.file(), StandardCharsets.ISO_8859_1))
                    .startsWith("two");
        }
    }

    @Test
    void leavesNothingBehindWhenAKernelCannotBeUnpacked() throws IOException {
        KernelCache cache = open(10 * FILE_BYTES, (file, into) -> {
            fill(file, into);
            throw Problem.of(ProblemType.BAD_IMAGE, "no loader found").toException();
        });
        Path kernel = kernel("one");

        assertThatThrownBy(() -> lease(cache, kernel)).hasMessage("no loader found");
        assertThat(cached()).isEmpty();
        assertThat(cache.size()).isZero();
    }

    @Test
    void standsAsideWhenTheDiskIsFull() throws IOException {
        KernelCache cache = open(10 * FILE_BYTES, (file, into) -> {
            throw new IOException("No space left on device");
        });

        try (BootFile file = BootFile.open("kernel", kernel("one").toString())) {
            assertThat(cache.lease(file)).isEmpty();
        }
        assertThat(cached()).isEmpty();
    }

    @Test
    void tellsWhatItHasAndHowOftenThatWasOfUse() throws IOException {
        KernelCache cache = cache(10 * FILE_BYTES);
        Path one = kernel("one");
        Path two = kernel("two");
        lease(cache, one).close();
        Files.setLastModifiedTime(cached().get(0), FileTime.from(Instant.EPOCH));
        KernelCache.Lease held = lease(cache, two);

        KernelCacheView view = cache.show();

        assertThat(view.maxBytes()).isEqualTo(10 * FILE_BYTES);
        assertThat(view.counts()).isEqualTo(new KernelCacheCounts(2 * FILE_BYTES, 0, 2, 0));
        assertThat(view.kernels()).extracting(CachedKernel::source).containsExactly(two.toString(), one.toString());
        assertThat(view.kernels()).extracting(CachedKernel::inUse).containsExactly(true, false);
        assertThat(view.kernels()).extracting(CachedKernel::bytes).containsOnly((long) FILE_BYTES);
        assertThat(view.kernels().get(0).key()).isEqualTo(FileIdentity.of(two));
        assertThat(view.kernels().get(1).lastUsed()).isEqualTo(Instant.EPOCH);
        lease(cache, two).close();
        held.close();
        assertThat(cache.counts()).isEqualTo(new KernelCacheCounts(2 * FILE_BYTES, 1, 2, 0));
        assertThat(cache(10 * FILE_BYTES).show().kernels())
                .as("by the next daemon")
                .hasSize(2);
        assertThat(cache(10 * FILE_BYTES).counts().bytes()).isEqualTo(2 * FILE_BYTES);
    }

    @Test
    void forgetsWhatNobodyBuildsWith() throws IOException {
        KernelCache cache = cache(10 * FILE_BYTES);
        Path one = kernel("one");
        Path two = kernel("two");
        KernelCache.Lease held = lease(cache, one);
        lease(cache, two).close();

        assertThat(refusal(cache, "1-2-3-4-5")).isEqualTo(ProblemType.NOT_FOUND);
        assertThat(refusal(cache, "../../etc/passwd")).isEqualTo(ProblemType.NOT_FOUND);
        assertThat(refusal(cache, FileIdentity.of(one))).isEqualTo(ProblemType.CONFLICT);
        cache.forget(FileIdentity.of(two));
        assertThat(cached()).containsExactly(held.file());
        cache.forget(null);
        assertThat(cached()).as("is built with").containsExactly(held.file());
        held.close();
        cache.forget(null);
        assertThat(cached()).isEmpty();
        assertThat(cache.counts().bytes()).isZero();
        lease(cache, two).close();
        assertThat(unpacked).as("made anew").hasValue(3);
    }

    private static ProblemType refusal(KernelCache cache, String key) {
        return catchThrowableOfType(ProblemException.class, () -> cache.forget(key))
                .problem()
                .type();
    }

    @Test
    void countsDamagedFiles() throws IOException {
        KernelCache cache = cache(10 * FILE_BYTES);
        Path kernel = kernel("one");
        lease(cache, kernel).close();
        Files.writeString(cached().get(0), "XCSKERN1 of an older xcsd");

        lease(cache, kernel).close();

        assertThat(cache.counts()).isEqualTo(new KernelCacheCounts(FILE_BYTES, 0, 2, 1));
    }

    @Test
    void removesWhatAKilledDaemonLeftHalfWritten() throws IOException {
        Files.createDirectories(directory);
        Path left = Files.writeString(directory.resolve("kernel123.tmp"), "half");

        cache(FILE_BYTES);

        assertThat(left).doesNotExist();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private KernelCache cache(long maxBytes) throws IOException {
        return open(maxBytes, this::fill);
    }

    private KernelCache open(long maxBytes, KernelUnpacker unpacker) throws IOException {
        return KernelCache.open(directory, maxBytes, CacheWriter.of(unpacker));
    }

    /** The kernel's own bytes, padded to a fixed length. */
    private void fill(BootFile kernel, WritableByteChannel into) throws IOException {
        unpacked.incrementAndGet();
        ByteBuffer elf = ByteBuffer.allocate(ELF_BYTES);
        elf.put(kernel.read(0, ELF_BYTES)).rewind();
        into.write(elf);
    }

    private Path kernel(String content) throws IOException {
        return Files.writeString(Files.createTempFile(home, "kernel", ""), content);
    }

    private static KernelCache.Lease lease(KernelCache cache, Path kernel) {
        try (BootFile file = BootFile.open("kernel", kernel.toString())) {
            return cache.lease(file).orElseThrow();
        }
    }

    private List<Path> cached() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
