package dev.xcs.image;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * An ELF made around a kernel that is none, for Xen's loader, which takes nothing else: a head with the notes that it needs, then
 * the kernel's text and data as they are in its file. There is no note of a hypercall page: a kernel without notes has nowhere to say
 * where it wants one, and does its hypercalls by {@code syscall}.
 */
public final class ElfWrapping implements ImageBytes {
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_BYTES = 56;
    private static final int PROGRAMS = 3;
    private static final int NOTES_AT = HEADER_BYTES + PROGRAMS * PROGRAM_BYTES;

    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final int READ_EXECUTE = 5;
    private static final int READ_WRITE = 6;
    private static final int READ = 4;

    /** The types of notes, from xen/include/public/elfnote.h. */
    private static final int ENTRY = 1;

    private static final int VIRT_BASE = 3;
    private static final int PADDR_OFFSET = 4;
    private static final int XEN_VERSION = 5;
    private static final int GUEST_OS = 6;
    private static final int LOADER = 8;

    private final ByteBuffer head;
    private final int from;
    private final long length;

    private ElfWrapping(ByteBuffer head, int from, long length) {
        this.head = head;
        this.from = from;
        this.length = length;
    }

    public static ElfWrapping of(AOutKernel kernel) {
        // Xen's builder wants a segment to begin with a page, which the text need not.
        int before = (int) (kernel.entry() & (AOutKernel.PAGE - 1));
        ByteBuffer head = ByteBuffer.allocate(AOutKernel.PAGE + before).order(ByteOrder.LITTLE_ENDIAN);
        head.position(NOTES_AT);
        putNotes(head, kernel);
        int notesBytes = head.position() - NOTES_AT;
        head.position(0);
        putHeader(head, kernel.entry());
        long base = kernel.virtualBase();
        long textBytes = before + kernel.textBytes();
        long dataAt = AOutKernel.PAGE + textBytes;
        putProgram(head, PT_LOAD, READ_EXECUTE, AOutKernel.PAGE, kernel.entry() - before, base, textBytes, textBytes);
        long dataMemory = kernel.dataBytes() + kernel.bssBytes();
        putProgram(head, PT_LOAD, READ_WRITE, dataAt, kernel.data(), base, kernel.dataBytes(), dataMemory);
        putProgram(head, PT_NOTE, READ, NOTES_AT, base, base, notesBytes, notesBytes);
        return new ElfWrapping(head.position(0), AOutKernel.contentAt(), kernel.textBytes() + kernel.dataBytes());
    }

    private static void putHeader(ByteBuffer head, long entry) {
        head.putInt(ElfImage.MAGIC).put((byte) 2).put((byte) 1).put((byte) 1);
        head.position(16);
        head.putShort((short) 2).putShort((short) 62).putInt(1);
        head.putLong(entry).putLong(HEADER_BYTES).putLong(0).putInt(0);
        head.putShort((short) HEADER_BYTES).putShort((short) PROGRAM_BYTES).putShort((short) PROGRAMS);
        head.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    }

    private static void putProgram(
            ByteBuffer head, int type, int flags, long at, long address, long base, long inFile, long inMemory) {
        head.putInt(type).putInt(flags).putLong(at).putLong(address).putLong(address - base);
        head.putLong(inFile).putLong(inMemory).putLong(type == PT_LOAD ? AOutKernel.PAGE : 4);
    }

    private static void putNotes(ByteBuffer head, AOutKernel kernel) {
        putNote(head, XEN_VERSION, "xen-3.0");
        putNote(head, GUEST_OS, "plan9");
        putNote(head, LOADER, "generic");
        putNote(head, VIRT_BASE, kernel.virtualBase());
        putNote(head, PADDR_OFFSET, 0);
        putNote(head, ENTRY, kernel.entry());
    }

    private static void putNote(ByteBuffer head, int type, String text) {
        byte[] bytes = (text + '\0').getBytes(StandardCharsets.US_ASCII);
        putNoteHead(head, type, bytes.length);
        head.put(bytes);
        head.position((head.position() + 3) & -4);
    }

    private static void putNote(ByteBuffer head, int type, long number) {
        putNoteHead(head, type, Long.BYTES);
        head.putLong(number);
    }

    private static void putNoteHead(ByteBuffer head, int type, int bytes) {
        head.putInt(4).putInt(bytes).putInt(type).put(new byte[] {'X', 'e', 'n', 0});
    }

    /** What comes before the kernel's content. */
    public ByteBuffer head() {
        return head.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Where in the kernel's file the content is. */
    public int contentAt() {
        return from;
    }

    public long contentBytes() {
        return length;
    }

    /** The size of the whole ELF. */
    @Override
    public long size() {
        return head.capacity() + length;
    }

    /** Headers and notes are xcsd's own. */
    @Override
    public ProblemException refuse(long at, String what) {
        return Problem.of(
                        ProblemType.INTERNAL,
                        "The ELF around a Plan 9 kernel is broken at offset 0x" + Long.toHexString(at) + ": " + what)
                .toException();
    }

    /** What there is of it here: headers and notes. */
    @Override
    public ByteBuffer read(long at, int most) {
        int begin = (int) Math.min(at, head.capacity());
        int available = Math.max(0, Math.min(most, head.capacity() - begin));
        return head.slice(begin, available).order(ByteOrder.LITTLE_ENDIAN);
    }
}
