package dev.xcs.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.xcs.model.DomainType;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.TinyKernel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AOutKernelTest {
    /** Plan 9 links its kernel to here; one behind a header of 32 bytes, as the first one for Xen was, begins within a page. */
    private static final long ENTRY = TinyKernel.KZERO + 0x11_0020;

    @TempDir
    Path directory;

    @Test
    void readsWhatPlan9sLinkerWrites() throws IOException {
        Path file = file(aOut(ENTRY, 5000, 300, 70000));

        assertThat(KernelImage.inspect(file.toString()).format()).isEqualTo(KernelImage.Format.A_OUT);
        AOutKernel kernel = read(file);
        assertThat(kernel).isEqualTo(new AOutKernel(ENTRY, 5000, 300, 70000));
        assertThat(kernel.virtualBase()).isEqualTo(TinyKernel.KZERO);
        assertThat(kernel.data()).isEqualTo(TinyKernel.KZERO + 0x11_2000);
    }

    @Test
    void startsTheDataRightBehindATextThatFillsItsPage() throws IOException {
        assertThat(read(file(aOut(TinyKernel.KZERO + 0x11_0000, 8192, 1, 0))).data())
                .isEqualTo(TinyKernel.KZERO + 0x11_2000);
    }

    /** The whole road without Xen: both forms of one kernel, loaded as Xen's builder does, fill the same memory. */
    @ParameterizedTest
    @ValueSource(longs = {TinyKernel.KZERO + 0x11_0000, ENTRY, 0x10_0000, 0xffff_ffff_f010_0020L})
    void wrapsAKernelIntoTheElfThatItCouldHaveBeen(long entry) throws Exception {
        assumeTrue(TinyKernel.missing().isEmpty(), () -> TinyKernel.missing().orElse(""));
        long base = entry & ~0xfff_ffffL;
        TinyKernel tiny = TinyKernel.make(directory, base, entry);
        ByteBuffer linked = ByteBuffer.wrap(Files.readAllBytes(tiny.elf()));
        ByteBuffer wrapped = wrap(tiny.aOut());

        Path file = Files.write(directory.resolve("wrapped"), wrapped.array());
        assertThat(KernelImage.inspect(file.toString()).format()).isEqualTo(KernelImage.Format.ELF);
        byte[] expected = memory(linked);
        // Between text and data the linked one has its notes.
        int notes = text(tiny);
        int data = (int) (read(tiny.aOut()).data() - base);
        Arrays.fill(expected, notes, data, (byte) 0);
        assertThat(memory(wrapped)).isEqualTo(expected);
        assertThat(bootable(tiny.aOut())).containsExactly(DomainType.PV);
        assertThat(notes(wrapped))
                .containsEntry(1, bytes(entry))
                .containsEntry(3, bytes(base))
                .containsEntry(4, bytes(0))
                .containsEntry(5, "xen-3.0\0".getBytes(StandardCharsets.US_ASCII))
                .containsEntry(6, "plan9\0".getBytes(StandardCharsets.US_ASCII))
                .containsEntry(8, "generic\0".getBytes(StandardCharsets.US_ASCII))
                .hasSize(6);
    }

    @Test
    void refusesEveryPrefix() throws IOException {
        byte[] whole = aOut(ENTRY, 500, 30, 7);
        for (int length = 4; length < whole.length; length += 3) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThat(refusal(cut)).contains(directory.resolve("kernel").toString());
            assertThat(ownRefusal(cut)).contains("is truncated");
        }
    }

    @Test
    void refusesA386Kernel() throws IOException {
        byte[] kernel = aOut(ENTRY, 500, 30, 7);
        ByteBuffer.wrap(kernel).putInt(0, 0x1eb);

        assertThat(refusal(kernel)).contains("Plan 9 a.out for 386").contains("64-bit");
    }

    @Test
    void refusesWhatHasNoText() throws IOException {
        assertThat(refusal(aOut(ENTRY, 0, 30, 7))).contains("without text");
        assertThat(ownRefusal(aOut(ENTRY, 0, 30, 7))).contains("0 bytes of text");
    }

    @Test
    void refusesEntriesThatAreNotOne() throws IOException {
        byte[] kernel = aOut(ENTRY, 500, 30, 7);
        ByteBuffer.wrap(kernel).putInt(20, 0x12_0020);

        assertThat(refusal(kernel)).contains("0x120020").contains("0xffffffff80110020");
    }

    @Test
    void refusesWhereNoGuestCanBe() throws IOException {
        for (long entry : new long[] {0xffff_8000_0010_0000L, 0xffff_87ff_ff10_0000L, 0x8000_0000_0010_0000L}) {
            assertThat(refusal(aOut(entry, 500, 30, 7))).contains("no guest can have a kernel");
        }
    }

    @Test
    void refusesWhatGoesRoundTheEndOfMemory() throws IOException {
        assertThat(refusal(aOut(ENTRY, 500, 30, -1))).contains("the end of memory");
        assertThat(refusal(aOut(-2048, 2049, 0, 0))).contains("the end of memory");
    }

    @Test
    void takesEveryExtremeOfEveryFieldCalmly() throws IOException {
        for (int at = 0; at < 40; at += 4) {
            for (int value : new int[] {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                byte[] kernel = aOut(ENTRY, 500, 30, 7);
                ByteBuffer.wrap(kernel).putInt(at, value);
                try {
                    ElfWrapping elf = ElfWrapping.of(read(file(kernel)));
                    assertThat(elf.contentAt() + elf.contentBytes()).isLessThanOrEqualTo(kernel.length);
                } catch (ProblemException refused) {
                    assertThat(refused.problem().type()).isEqualTo(ProblemType.BAD_IMAGE);
                }
            }
        }
    }

    private static byte[] aOut(long entry, int text, int data, int bss) {
        ByteBuffer out = ByteBuffer.allocate(40 + text + data);
        out.putInt(0x8a97).putInt(text).putInt(data).putInt(bss);
        out.putInt(0).putInt((int) entry & 0xfff_ffff).putInt(0).putInt(0).putLong(entry);
        return out.array();
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(directory.resolve("kernel"), content);
    }

    private static AOutKernel read(Path file) {
        try (BootFile opened = BootFile.open("kernel", file.toString())) {
            return AOutKernel.read(opened);
        }
    }

    private String refusal(byte[] kernel) throws IOException {
        String path = file(kernel).toString();
        var problem = catchThrowableOfType(ProblemException.class, () -> KernelImage.inspect(path))
                .problem();
        assertThat(problem.type()).isEqualTo(ProblemType.BAD_IMAGE);
        assertThat(problem.field()).isEqualTo("kernel");
        return problem.detail();
    }

    private static Set<DomainType> bootable(Path file) {
        try (BootFile opened = BootFile.open("kernel", file.toString())) {
            return XenNotes.read(ElfWrapping.of(AOutKernel.read(opened))).bootable();
        }
    }

    /** Without the inspection before it. */
    private String ownRefusal(byte[] kernel) throws IOException {
        Path file = file(kernel);
        return catchThrowableOfType(ProblemException.class, () -> read(file))
                .problem()
                .detail();
    }

    private static ByteBuffer wrap(Path file) {
        try (BootFile opened = BootFile.open("kernel", file.toString())) {
            ElfWrapping elf = ElfWrapping.of(AOutKernel.read(opened));
            ByteBuffer whole = ByteBuffer.allocate((int) elf.size());
            whole.put(elf.head());
            opened.readFully(elf.contentAt(), whole.slice());
            return whole.position(0);
        }
    }

    private static int text(TinyKernel tiny) throws Exception {
        AOutKernel kernel = read(tiny.aOut());
        return (int) (kernel.entry() - kernel.virtualBase() + kernel.textBytes());
    }

    /** Physical memory after Xen's builder has loaded an ELF: PT_LOAD by p_paddr, the rest zero. */
    private static byte[] memory(ByteBuffer elf) {
        elf.order(ByteOrder.LITTLE_ENDIAN);
        byte[] memory = new byte[4 << 20];
        int end = 0;
        for (int at = 64; at < 64 + 56 * elf.getShort(56); at += 56) {
            if (elf.getInt(at) == 1) {
                int address = (int) elf.getLong(at + 24);
                elf.get((int) elf.getLong(at + 8), memory, address, (int) elf.getLong(at + 32));
                end = Math.max(end, address + (int) elf.getLong(at + 40));
            }
        }
        return Arrays.copyOf(memory, end);
    }

    private static Map<Integer, byte[]> notes(ByteBuffer elf) {
        Map<Integer, byte[]> notes = new TreeMap<>();
        for (int at = 64; at < 64 + 56 * elf.getShort(56); at += 56) {
            if (elf.getInt(at) == 4) {
                int from = (int) elf.getLong(at + 8);
                collect(elf.slice(from, (int) elf.getLong(at + 32)).order(ByteOrder.LITTLE_ENDIAN), notes);
            }
        }
        return notes;
    }

    private static void collect(ByteBuffer segment, Map<Integer, byte[]> notes) {
        while (segment.hasRemaining()) {
            assertThat(segment.getInt()).isEqualTo(4);
            byte[] value = new byte[segment.getInt()];
            int type = segment.getInt();
            assertThat(segment.getInt()).as("Xen").isEqualTo(0x006e6558);
            segment.get(value);
            segment.position((segment.position() + 3) & -4);
            notes.put(type, value);
        }
    }

    private static byte[] bytes(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }
}
