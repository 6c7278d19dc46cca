package dev.xcs.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.KernelElf;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class XenNotesTest {
    private static final int NOTES_AT = 256;

    @ParameterizedTest
    @EnumSource(names = {"PV", "PVH"})
    void tellsByTheEntryHowAKernelStarts(DomainType type) {
        XenNotes notes = read(KernelElf.of(type));

        assertThat(notes.bootable()).containsExactly(type);
        assertThat(notes.canBoot(type)).isTrue();
        assertThat(notes.guestOs()).isEqualTo("linux");
        assertThat(notes.canBoot(DomainType.HVM)).isFalse();
    }

    @Test
    void startsAKernelWithBothEntriesEitherWay() {
        assertThat(read(withNotes(1, new byte[8], 18, new byte[4])).bootable())
                .containsExactlyInAnyOrder(DomainType.PV, DomainType.PVH);
    }

    @Test
    void takesNotesWithoutAnyEntryForPv() {
        assertThat(read(withNotes(5, "xen-3.0\0".getBytes(StandardCharsets.US_ASCII)))
                        .bootable())
                .containsExactly(DomainType.PV);
    }

    @Test
    void knowsAKernelThatTakesItsTablesFromWhereItIsTold() {
        byte[] linux = "linux\0".getBytes(StandardCharsets.US_ASCII);
        byte[] unrestricted = {0, (byte) 0x80, 0, 0};
        byte[] named = "!writable_page_tables|linux_rsdp_unrestricted\0".getBytes(StandardCharsets.US_ASCII);

        assertThat(read(withNotes(6, linux, 18, new byte[4])).searchesRsdp()).isTrue();
        assertThat(read(withNotes(6, linux, 17, unrestricted)).searchesRsdp()).isFalse();
        assertThat(read(withNotes(6, linux, 10, named)).searchesRsdp()).isFalse();
        assertThat(read(withNotes(6, "GRUB\0".getBytes(StandardCharsets.US_ASCII), 18, new byte[4]))
                        .searchesRsdp())
                .isFalse();
    }

    @Test
    void readsThe32BitsOfAPvhLoader() {
        ByteBuffer elf = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).put(4, (byte) 1).put(5, (byte) 1);
        elf.putShort(16, (short) 2).putShort(18, (short) 3).putInt(28, 52);
        elf.putShort(42, (short) 32).putShort(44, (short) 2);
        ByteBuffer notes = elf.slice(NOTES_AT, 256).order(ByteOrder.LITTLE_ENDIAN);
        KernelElf.note(notes, 18, new byte[4]);
        elf.putInt(52, 4).putInt(56, NOTES_AT).putInt(52 + 16, notes.position());
        elf.putInt(84, 1).putInt(84 + 16, 512).putInt(84 + 20, 512);

        assertThat(read(elf.array()).bootable()).containsExactly(DomainType.PVH);
    }

    @Test
    void findsNotesInSectionsAndTheSectionOfBeforeNotes() {
        assertThat(read(withSections(7, ".note.Xen\0")).bootable()).containsExactly(DomainType.PVH);
        assertThat(read(withSections(1, "__xen_guest\0")).bootable()).containsExactly(DomainType.PV);
        assertThat(read(withSections(1, ".text\0")).bootable()).isEmpty();
    }

    @Test
    void leavesOutNotesOfOthersAndRefusesThoseThatDoNotFit() {
        ByteBuffer elf = ByteBuffer.wrap(KernelElf.of(DomainType.PV)).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(NOTES_AT + 12, (byte) 'G');
        assertThat(read(elf.array()).guestOs()).isEmpty();
        elf.putInt(NOTES_AT + 4, Integer.MAX_VALUE);
        assertThat(refusal(elf.array())).contains("a note has 4 and 2147483647 bytes");
        elf.putInt(NOTES_AT, -1);
        assertThat(refusal(elf.array())).contains("a note has 4294967295 and 2147483647 bytes");
    }

    @Test
    void bearsAnyBytes() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] elf = KernelElf.of(DomainType.PVH);
            for (int changes = random.nextInt(8); changes >= 0; changes--) {
                elf[random.nextInt(300)] = (byte) random.nextInt();
            }
            try {
                read(elf);
            } catch (ProblemException refused) {
                assertThat(refused.problem().type()).isEqualTo(ProblemType.BAD_IMAGE);
            }
        }
        assertThat(refusal(new byte[10])).contains("ELF header");
    }

    private static String refusal(byte[] elf) {
        return catchThrowableOfType(ProblemException.class, () -> read(elf))
                .problem()
                .detail();
    }

    private static byte[] withNotes(Object... typesAndContents) {
        ByteBuffer elf = ByteBuffer.wrap(KernelElf.of(DomainType.PV)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer notes = elf.slice(NOTES_AT, 256).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < typesAndContents.length; i += 2) {
            KernelElf.note(notes, (Integer) typesAndContents[i], (byte[]) typesAndContents[i + 1]);
        }
        elf.putLong(120 + 32, notes.position());
        return elf.array();
    }

    /** No segment of notes, but a section with one of PVH at its beginning, and one that holds the names. */
    private static byte[] withSections(int type, String names) {
        ByteBuffer elf = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(0, KernelElf.of(DomainType.PVH)).putShort(56, (short) 1);
        elf.putLong(40, 512).putShort(58, (short) 64).putShort(60, (short) 2).putShort(62, (short) 1);
        elf.putInt(512 + 4, type).putLong(512 + 24, NOTES_AT).putLong(512 + 32, 256);
        elf.putLong(576 + 24, 768).putLong(576 + 32, names.length());
        elf.put(768, names.getBytes(StandardCharsets.US_ASCII));
        return elf.array();
    }

    private static XenNotes read(byte[] elf) {
        return XenNotes.read(new ImageBytes() {
            @Override
            public long size() {
                return elf.length;
            }

            @Override
            public ProblemException refuse(long at, String what) {
                return Problem.of(ProblemType.BAD_IMAGE, "0x" + Long.toHexString(at) + ": " + what)
                        .toException();
            }

            @Override
            public ByteBuffer read(long at, int length) {
                int from = (int) Math.min(elf.length, Math.max(0, at));
                int count = at < 0 ? 0 : Math.max(0, Math.min(length, elf.length - from));
                return ByteBuffer.wrap(elf, from, count).slice().order(ByteOrder.LITTLE_ENDIAN);
            }
        });
    }
}
