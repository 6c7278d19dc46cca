package dev.xcs.hypervisor;

import dev.xcs.model.DomainType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Kernels that are nothing but headers. */
public final class KernelElf {
    private static final int NOTES = 256;
    private static final int NOTE_ENTRY = 1;
    private static final int NOTE_GUEST_OS = 6;
    private static final int NOTE_SUPPORTED_FEATURES = 17;
    private static final int NOTE_PHYS32_ENTRY = 18;
    private static final int RSDP_UNRESTRICTED = 15;

    private KernelElf() {}

    /** An ELF for x86-64 with one segment to load and one of notes, as Linux has them, which name an entry of the type. */
    public static byte[] of(DomainType type) {
        ByteBuffer elf = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
        elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
        elf.putLong(32, 64).putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 2);
        elf.putInt(64, 1).putLong(64 + 32, 512).putLong(64 + 40, 512);
        ByteBuffer notes = elf.slice(NOTES, 256).order(ByteOrder.LITTLE_ENDIAN);
        note(notes, NOTE_GUEST_OS, "linux\0".getBytes(StandardCharsets.US_ASCII));
        note(notes, NOTE_SUPPORTED_FEATURES, new byte[] {0, (byte) (1 << RSDP_UNRESTRICTED - 8), 0, 0});
        note(notes, type == DomainType.PV ? NOTE_ENTRY : NOTE_PHYS32_ENTRY, new byte[8]);
        elf.putInt(120, 4).putLong(120 + 8, NOTES).putLong(120 + 32, notes.position());
        return elf.array();
    }

    /** Appends a note of Xen's. */
    public static void note(ByteBuffer notes, int type, byte[] content) {
        notes.putInt(4)
                .putInt(content.length)
                .putInt(type)
                .put(new byte[] {'X', 'e', 'n', 0})
                .put(content);
        notes.position((notes.position() + 3) & -4);
    }
}
