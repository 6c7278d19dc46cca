package dev.xcs.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelImageTest {
    @TempDir
    Path directory;

    @Test
    void knowsAnElf() throws IOException {
        KernelImage image = KernelImage.inspect(file(elf()));

        assertThat(image).isEqualTo(new KernelImage(KernelImage.Format.ELF, 4096));
    }

    @Test
    void knowsABzImage() throws IOException {
        assertThat(KernelImage.inspect(file(bzImage())).format()).isEqualTo(KernelImage.Format.BZIMAGE);
    }

    @Test
    void knowsAGzippedElf() throws IOException {
        assertThat(KernelImage.inspect(file(gzip(elf()))).format()).isEqualTo(KernelImage.Format.GZIP);
    }

    @Test
    void refusesAnyPrefixOfAnElf() throws IOException {
        for (int length = 1; length < 4096; length += 61) {
            assertThat(refusal(Arrays.copyOf(elf(), length)).field()).isEqualTo("kernel");
        }
    }

    @Test
    void refusesATruncatedBzImage() throws IOException {
        byte[] whole = bzImage();

        assertThat(refusal(Arrays.copyOf(whole, whole.length - 100)).detail())
                .contains("is broken at offset 0x400: the protected-mode code has")
                .contains("but the image has only " + (whole.length - 100));
    }

    @Test
    void refusesABzImageTooOldToSayWhereItsPayloadIs() throws IOException {
        byte[] old = bzImage();
        old[0x206] = 7;

        assertThat(refusal(old).detail()).contains("boot protocol 2.07").contains("2.08 or newer");
    }

    @Test
    void refusesAnElfForAnotherMachine() throws IOException {
        byte[] arm = elf();
        ByteBuffer.wrap(arm).order(ByteOrder.LITTLE_ENDIAN).putShort(18, (short) 183);

        assertThat(refusal(arm).detail()).contains("machine 183").contains("x86-64");
        assertThat(refusal(gzip(arm)).detail()).contains("machine 183");
    }

    @Test
    void refusesAnElfWhoseSegmentOverflows() throws IOException {
        byte[] odd = elf();
        ByteBuffer.wrap(odd).order(ByteOrder.LITTLE_ENDIAN).putLong(64 + 8, Long.MAX_VALUE);

        assertThat(refusal(odd).detail()).contains("segment 0");
    }

    @Test
    void refusesAnElfThatLoadsNothing() throws IOException {
        byte[] odd = elf();
        ByteBuffer.wrap(odd).order(ByteOrder.LITTLE_ENDIAN).putInt(64, 4);

        assertThat(refusal(odd).detail()).contains("nothing to load");
    }

    @Test
    void refusesAGzipFileOfSomethingElse() throws IOException {
        assertThat(refusal(gzip("hello".repeat(100).getBytes(StandardCharsets.US_ASCII)))
                        .detail())
                .contains("is packed by gzip, but there is no kernel inside");
    }

    @Test
    void refusesText() throws IOException {
        Problem problem = refusal("#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(problem.type()).isEqualTo(ProblemType.BAD_IMAGE);
        assertThat(problem.detail()).startsWith("kernel: \"").contains("is not a kernel");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        assertThat(refusal(new byte[0]).detail()).endsWith("is empty");
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThat(refusal(directory.resolve("absent").toString()).detail()).endsWith("does not exist");
        assertThat(refusal(directory.toString()).detail()).endsWith("is a directory");
        assertThat(refusal("/dev/null").detail()).endsWith("is not a regular file");
    }

    @Test
    void refusesPathsThatAreNone() {
        assertThat(refusal("vmlinuz").type()).isEqualTo(ProblemType.INVALID_FIELD);
        assertThat(refusal("/boot/\0").detail()).contains("\\u0000");
    }

    @Test
    void refusesARamdiskThatIsLargerThanItsGuest() throws IOException {
        String path = file(new byte[1024 * 1024]);

        assertThat(Ramdisk.inspect(List.of(path), 2)).isEqualTo(1024 * 1024);
        Problem problem = catchThrowableOfType(ProblemException.class, () -> Ramdisk.inspect(List.of(path), 1))
                .problem();
        assertThat(problem.field()).isEqualTo("ramdisk");
        assertThat(problem.detail()).contains("1048576 bytes, the guest 1 MiB");
    }

    private Problem refusal(byte[] content) throws IOException {
        return refusal(file(content));
    }

    private static Problem refusal(String path) {
        ProblemException refused = catchThrowableOfType(ProblemException.class, () -> KernelImage.inspect(path));
        assertThat(refused).as("refusal of %s", path).isNotNull();
        return refused.problem();
    }

    private String file(byte[] content) throws IOException {
        return Files.write(Files.createTempFile(directory, "kernel", ""), content)
                .toString();
    }

    /** One PT_LOAD segment over the whole file, sections at its end. */
    private static byte[] elf() {
        ByteBuffer elf = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1);
        elf.putShort(16, (short) 2).putShort(18, (short) 62);
        elf.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 1);
        elf.putLong(40, 4096 - 64).putShort(58, (short) 64).putShort(60, (short) 1);
        elf.putInt(64, 1).putLong(64 + 8, 0).putLong(64 + 32, 4096).putLong(64 + 40, 8192);
        return elf.array();
    }

    private static byte[] bzImage() throws IOException {
        byte[] payload = gzip(elf());
        ByteBuffer image = ByteBuffer.allocate(2 * 512 + 4096).order(ByteOrder.LITTLE_ENDIAN);
        image.put(0x1f1, (byte) 1).putInt(0x1f4, 4096 / 16).putInt(0x202, 0x53726448);
        image.putShort(0x206, (short) 0x20f).putInt(0x248, 0x100).putInt(0x24c, payload.length);
        image.put(2 * 512 + 0x100, payload);
        return image.array();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(out)) {
            stream.write(content);
        }
        return out.toByteArray();
    }
}
