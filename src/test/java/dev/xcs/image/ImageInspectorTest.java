package dev.xcs.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.Compression;
import dev.xcs.model.GuestOs;
import dev.xcs.model.ImageFormat;
import dev.xcs.model.ImageReport;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageInspectorTest {
    @TempDir
    Path directory;

    @Test
    void tellsAllThatLinuxSays() throws IOException {
        String path = file(ElfWriter.linux().write());
        ImageReport report = ImageInspector.inspect("kernel", path);

        assertThat(report.path()).isEqualTo(path);
        assertThat(report.sizeBytes()).isEqualTo(ElfWriter.BYTES);
        assertThat(report.format()).isEqualTo(ImageFormat.ELF);
        assertThat(report.compression()).isEqualTo(Compression.NONE);
        assertThat(report.architecture()).isEqualTo("x86_64");
        assertThat(report.guestOs()).isEqualTo(GuestOs.LINUX);
        assertThat(report.guestVersion()).isEqualTo("2.6");
        assertThat(report.loader()).isEqualTo("generic");
        assertThat(report.pv()).isTrue();
        assertThat(report.pvh()).isTrue();
        assertThat(report.entry()).isEqualTo("0xffffffff82fbd1a0");
        assertThat(report.pvhEntry()).isEqualTo("0x1000850");
        assertThat(report.xenVersion()).isEqualTo("xen-3.0");
        assertThat(report.features())
                .containsExactly("!writable_page_tables", "pae_pgdir_above_4gb", "dom0", "linux_rsdp_unrestricted");
        assertThat(report.paeMode()).isEqualTo("yes");
        assertThat(report.notes())
                .hasSize(12)
                .containsEntry("L1_MFN_VALID", "0x1/0x1")
                .containsEntry("HYPERCALL_PAGE", "0xffffffff81000000")
                .containsEntry("SUPPORTED_FEATURES", "0x8801");
        assertThat(report.incomplete()).isNull();
        assertThat(report.simulated()).isFalse();
    }

    @Test
    void findsNotesInSectionsWhereNoSegmentHasThem() throws IOException {
        ImageReport report = inspect(ElfWriter.elf32()
                .text(6, "NetBSD")
                .text(8, "generic")
                .text(5, "xen-3.0")
                .text(11, "yes")
                .notesInSection()
                .write());

        assertThat(report.architecture()).isEqualTo("x86_32");
        assertThat(report.guestOs()).isEqualTo(GuestOs.NETBSD);
        assertThat(report.bsdSymtab()).isEqualTo("yes");
        assertThat(report.pv()).isTrue();
        assertThat(report.pvh()).isFalse();
        assertThat(report.entry()).isEqualTo("0x100000");
    }

    @Test
    void readsTheSectionThatWasBeforeNotes() throws IOException {
        ImageReport report = inspect(ElfWriter.elf32()
                .guestSection("GUEST_OS=netbsd,GUEST_VER=2.0,XEN_VER=xen-3.0,LOADER=generic,VIRT_BASE=0xC0000000,"
                        + "HYPERCALL_PAGE=0x00000101,PAE=yes[extended-cr3],BSD_SYMTAB,PT_MODE_WRITABLE")
                .write());

        assertThat(report.guestOs()).isEqualTo(GuestOs.NETBSD);
        assertThat(report.guestVersion()).isEqualTo("2.0");
        assertThat(report.pv()).isTrue();
        assertThat(report.bsdSymtab()).isEqualTo("yes");
        assertThat(report.paeMode()).isEqualTo("yes[extended-cr3]");
        assertThat(report.notes())
                .containsEntry("HYPERCALL_PAGE", "0xc0101000")
                .containsEntry("PT_MODE_WRITABLE", "yes");
    }

    @Test
    void takesWhatIsNoNumberForZero() throws IOException {
        ImageReport report = inspect(ElfWriter.elf64()
                .guestSection("LOADER=generic,SUPPORTED_FEATURES=0xzz,VIRT_BASE=none")
                .write());

        assertThat(report.features()).isEmpty();
        assertThat(report.notes()).containsEntry("VIRT_BASE", "0x0");
    }

    @Test
    void givesNotesPrecedenceOverTheOldSection() throws IOException {
        ImageReport report =
                inspect(ElfWriter.linux().guestSection("GUEST_OS=netbsd").write());

        assertThat(report.guestOs()).isEqualTo(GuestOs.LINUX);
    }

    @Test
    void tellsNotesThatItDoesNotKnow() throws IOException {
        ImageReport report = inspect(
                ElfWriter.linux().note(99, new byte[] {1, 2, (byte) 0xff}).write());

        assertThat(report.notes()).containsEntry("TYPE_0x63", "0102ff");
    }

    @Test
    void doesNotTakeOtherOwnersNotesForXens() throws IOException {
        byte[] elf = ElfWriter.elf64()
                .note("GNU", 3, new byte[20])
                .note("Linux", 0x100, "6.1.0-9-amd64\0".getBytes(StandardCharsets.US_ASCII))
                .write();
        ImageReport report = inspect(elf);

        assertThat(report.notes()).isEmpty();
        assertThat(report.product()).isEqualTo("Linux 6.1.0-9-amd64");
        assertThat(report.pv()).isFalse();
        assertThat(report.pvh()).isFalse();
    }

    @Test
    void knowsThatAnEntryForPvhAloneIsNoPvKernel() throws IOException {
        ImageReport report = inspect(ElfWriter.elf32().number(18, 0x100000).write());

        assertThat(report.pv()).isFalse();
        assertThat(report.pvh()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void looksIntoABzImage(Compression compression) throws IOException {
        byte[] image = Kernels.bzImage(ElfWriter.linux().write(), compression);
        ImageReport report = inspect(image);

        assertThat(report.format()).isEqualTo(ImageFormat.BZIMAGE);
        assertThat(report.compression()).isEqualTo(compression);
        assertThat(report.product()).isEqualTo("6.1.0-test #1");
        assertThat(report.guestOs()).isEqualTo(GuestOs.LINUX);
        assertThat(report.pv()).isTrue();
        assertThat(report.notes()).hasSize(12);
        assertThat(report.incomplete()).isNull();
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void looksIntoAPackedElf(Compression compression) throws IOException {
        ImageReport report = inspect(Kernels.pack(ElfWriter.linux().write(), compression));

        assertThat(report.format()).isEqualTo(ImageFormat.ELF);
        assertThat(report.compression()).isEqualTo(compression);
        assertThat(report.pvh()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void readsWhatIsOutOfOrderInAPackedElf(Compression compression) throws IOException {
        // The names of the sections are before their table, and the section before the names.
        byte[] small =
                ElfWriter.elf64().guestSection("GUEST_OS=plan9,LOADER=generic").write();
        byte[] elf = Arrays.copyOf(small, 1 << 20);
        System.arraycopy(small, 2048, elf, 300_000, 64);
        System.arraycopy(small, 3584, elf, 900_000, 4 * 64);
        ByteBuffer header = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(40, 900_000).putLong(900_000 + 2 * 64 + 24, 300_000);

        assertThat(inspect(Kernels.pack(elf, compression)).guestOs()).isEqualTo(GuestOs.PLAN9);
    }

    @Test
    void glancesAtWhatIsPackedWithoutItsNotes() throws IOException {
        try (BootFile file =
                BootFile.open("kernel", file(Kernels.bzImage(ElfWriter.linux().write(), Compression.XZ)))) {
            ImageReport report = ImageInspector.glance(file);

            assertThat(report.guestOs()).isEqualTo(GuestOs.LINUX);
            assertThat(report.pv()).isNull();
            assertThat(report.pvh()).isNull();
            assertThat(report.incomplete()).isEqualTo("only its headers were looked at");
        }
    }

    @Test
    void knowsABzImageThatHoldsNoKernel() throws IOException {
        ImageReport report = inspect(Kernels.bzImage(new byte[0]));

        assertThat(report.format()).isEqualTo(ImageFormat.BZIMAGE);
        assertThat(report.guestOs()).isEqualTo(GuestOs.UNKNOWN);
        assertThat(report.pv()).isFalse();
    }

    @Test
    void knowsPlan9() throws IOException {
        ImageReport i386 = inspect(Kernels.plan9(false));
        ImageReport amd64 = inspect(Kernels.pack(Kernels.plan9(true), Compression.GZIP));

        assertThat(i386.format()).isEqualTo(ImageFormat.PLAN9);
        assertThat(i386.guestOs()).isEqualTo(GuestOs.PLAN9);
        assertThat(i386.architecture()).isEqualTo("x86_32");
        assertThat(i386.entry()).isEqualTo("0x80100020");
        assertThat(amd64.architecture()).isEqualTo("x86_64");
        assertThat(amd64.entry()).isEqualTo("0xffffffff80110000");
        assertThat(amd64.compression()).isEqualTo(Compression.GZIP);
        assertThat(List.of(i386.pv(), amd64.pv(), inspect(Kernels.plan9(true)).pv()))
                .as("what can be wrapped into an ELF")
                .containsExactly(false, false, true);
    }

    @Test
    void refusesAPlan9ImageThatIsCutShort() throws IOException {
        byte[] whole = Kernels.plan9(false);

        assertThat(refusal(Arrays.copyOf(whole, whole.length - 1)).detail())
                .contains("broken at offset 0x98: the table of lines has 4 bytes");
        assertThat(refusal(Kernels.pack(Arrays.copyOf(whole, 100), Compression.GZIP))
                        .detail())
                .contains("of what is packed in it: the data has 32 bytes there");
    }

    @Test
    void knowsMultiboot() throws IOException {
        assertThat(inspect(Kernels.multiboot()).format()).isEqualTo(ImageFormat.MULTIBOOT);
        assertThat(inspect(Kernels.multiboot()).multiboot()).containsExactly(1);
        assertThat(inspect(Kernels.multiboot()).entry()).isEqualTo("0x100080");
        assertThat(inspect(Kernels.multiboot2()).multiboot()).containsExactly(2);
        assertThat(inspect(Kernels.multiboot2()).entry()).isEqualTo("0x100100");
    }

    @Test
    void findsMultibootInAnElf() throws IOException {
        byte[] elf = ElfWriter.elf32().write();
        ByteBuffer.wrap(elf)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1024, 0x1badb002)
                .putInt(1028, 3)
                .putInt(1032, -(0x1badb002 + 3));

        assertThat(inspect(elf).multiboot()).isEqualTo(List.of(1));
    }

    @Test
    void recognisesHvmloaderByItsText() throws IOException {
        byte[] elf = ElfWriter.elf32().write();
        byte[] mark = "HVM Loader\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(mark, 0, elf, 1500, mark.length);

        assertThat(inspect(elf).product()).isEqualTo("hvmloader");
    }

    @Test
    void recognisesATextThatIsInTwoPieces() throws IOException {
        byte[] elf = Arrays.copyOf(ElfWriter.elf32().write(), 1 << 18);
        byte[] mark = "Xen version %d.%d".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(mark, 0, elf, (1 << 16) - 5, mark.length);

        assertThat(inspect(Kernels.pack(elf, Compression.GZIP)).product()).isEqualTo("xen");
    }

    @Test
    void refusesBigEndianByName() throws IOException {
        byte[] big = ElfWriter.elf64().write();
        big[5] = 2;

        assertThat(refusal(big).detail()).contains("broken at offset 0x5: a big-endian ELF");
    }

    @Test
    void refusesAnElfForAnotherMachine() throws IOException {
        byte[] arm = ElfWriter.elf64().write();
        ByteBuffer.wrap(arm).order(ByteOrder.LITTLE_ENDIAN).putShort(18, (short) 183);

        assertThat(refusal(arm).detail()).contains("offset 0x12: an ELF for machine 183, expected x86 (3)");
        assertThat(refusal(Kernels.pack(arm, Compression.GZIP)).detail())
                .contains("offset 0x12 of what is packed in it: an ELF for machine 183");
    }

    @Test
    void refusesAnElfWhoseSegmentOverflows() throws IOException {
        byte[] odd = ElfWriter.elf64().write();
        ByteBuffer.wrap(odd).order(ByteOrder.LITTLE_ENDIAN).putLong(64 + 8, Long.MAX_VALUE);

        assertThat(refusal(odd).detail())
                .contains("broken at offset 0x7fffffffffffffff: the segment 0 has 4096 bytes there");
    }

    @Test
    void refusesASegmentThatIsLongerInTheFileThanInMemory() throws IOException {
        byte[] odd = ElfWriter.elf64().write();
        ByteBuffer.wrap(odd).order(ByteOrder.LITTLE_ENDIAN).putLong(64 + 40, 1);

        assertThat(refusal(odd).detail()).contains("offset 0x40: segment 0 is longer in the file than in memory");
    }

    @Test
    void refusesAnElfThatLoadsNothing() throws IOException {
        byte[] odd = ElfWriter.elf64().write();
        ByteBuffer.wrap(odd).order(ByteOrder.LITTLE_ENDIAN).putInt(64, 6);

        assertThat(refusal(odd).detail()).contains("offset 0x40: an ELF with nothing to load");
    }

    @Test
    void refusesANoteThatIsLongerThanItsSegment() throws IOException {
        byte[] odd = ElfWriter.linux().write();
        ByteBuffer.wrap(odd).order(ByteOrder.LITTLE_ENDIAN).putInt(512 + 4, 100_000);

        assertThat(refusal(odd).detail()).contains("broken at offset 0x200: a note has 4 and 100000 bytes");
    }

    /** As the one of GRUB's images for 32 bit PV guests. */
    @Test
    void takesALastNoteThatIsSlightlyTooLong() throws IOException {
        byte[] odd = ElfWriter.elf32().text(6, "GRUB").text(9, "yes").write();
        ByteBuffer.wrap(odd).order(ByteOrder.LITTLE_ENDIAN).putInt(512 + 24 + 4, 12);

        assertThat(inspect(odd).paeMode()).isEqualTo("yes");
    }

    @Test
    void refusesAnyPrefixOfAnElf() throws IOException {
        byte[] whole = ElfWriter.linux().write();
        for (int length = 1; length < whole.length; length += 61) {
            assertThat(refusal(Arrays.copyOf(whole, length)).field()).isEqualTo("kernel");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void refusesACutPayload(Compression compression) throws IOException {
        byte[] packed = Kernels.pack(Arrays.copyOf(ElfWriter.linux().write(), 200_000), compression);

        assertThat(refusal(Kernels.bzImage(Arrays.copyOf(packed, packed.length / 2)))
                        .detail())
                .contains("is broken before offset 0x")
                .contains("cannot be unpacked by " + compression.json());
    }

    @Test
    void refusesATruncatedBzImage() throws IOException {
        byte[] whole = Kernels.bzImage(ElfWriter.linux().write(), Compression.GZIP);

        assertThat(refusal(Arrays.copyOf(whole, whole.length - 100)).detail())
                .contains("is broken at offset 0x")
                .contains("but the image has only " + (whole.length - 100));
    }

    @Test
    void refusesABzImageTooOldToSayWhereItsPayloadIs() throws IOException {
        byte[] old = Kernels.bzImage(new byte[0]);
        old[0x206] = 7;

        assertThat(refusal(old).detail()).contains("offset 0x206: boot protocol 2.07, expected 2.08 or newer");
    }

    @Test
    void refusesAPackedFileOfSomethingElse() throws IOException {
        byte[] text = "hello".repeat(100).getBytes(StandardCharsets.US_ASCII);

        assertThat(refusal(Kernels.pack(text, Compression.GZIP)).detail())
                .contains("is packed by gzip, but there is no kernel inside");
        assertThat(refusal(Kernels.bzImage(text)).detail())
                .contains("broken at offset 0x700: a payload that is neither an ELF nor compressed");
    }

    @Test
    void refusesText() throws IOException {
        Problem problem = refusal("#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(problem.type()).isEqualTo(ProblemType.BAD_IMAGE);
        assertThat(problem.detail()).startsWith("kernel: \"").contains("is not a kernel");
    }

    @Test
    void refusesABomb() throws IOException {
        byte[] first = Kernels.pack(Arrays.copyOf(ElfWriter.linux().write(), 1 << 20), Compression.ZSTD);
        // A frame for each MiB: a stream of zstd may have many.
        byte[] zeros = Kernels.pack(new byte[1 << 20], Compression.ZSTD);
        ByteBuffer frames =
                ByteBuffer.allocate(first.length + 520 * zeros.length).put(first);
        for (int i = 0; i < 520; i++) {
            frames.put(zeros);
        }

        assertThat(refusal(frames.array()).detail())
                .contains("is packed by zstd and larger than it may be: more than 512 MiB");
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 32, 1L << 40})
    void readsOnlyWhatItNeedsOfAHugeFile(long size) throws IOException {
        String path = file(ElfWriter.linux().write());
        try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
            file.setLength(size);
        }

        assertThat(ImageInspector.inspect("kernel", path).sizeBytes()).isEqualTo(size);
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

    private ImageReport inspect(byte[] content) throws IOException {
        return ImageInspector.inspect("kernel", file(content));
    }

    private Problem refusal(byte[] content) throws IOException {
        return refusal(file(content));
    }

    private static Problem refusal(String path) {
        ProblemException refused =
                catchThrowableOfType(ProblemException.class, () -> ImageInspector.inspect("kernel", path));
        assertThat(refused).as("refusal of %s", path).isNotNull();
        return refused.problem();
    }

    private String file(byte[] content) throws IOException {
        return Files.write(Files.createTempFile(directory, "kernel", ""), content)
                .toString();
    }
}
