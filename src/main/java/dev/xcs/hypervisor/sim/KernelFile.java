package dev.xcs.hypervisor.sim;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * Refuses what Xen's builder would refuse as a kernel, without going into the details: files that are missing, unreadable, empty or
 * truncated, and files that are neither an ELF for Xen on x86 nor a bzImage, nor one of them in gzip.
 */
final class KernelFile {
    private static final int ELF_MAGIC = 0x464c457f;
    private static final int GZIP_MAGIC = 0x8b1f;
    private static final int BZIMAGE_MAGIC = 0x53726448; // "HdrS", at 0x202 as the x86 boot protocol says
    private static final int ELF64_HEADER = 64;
    private static final int MACHINE_386 = 3;
    private static final int MACHINE_X86_64 = 62;
    private static final int SHOWN_UNPACKED = 4096;

    private final String field;
    private final String path;

    private KernelFile(String field, String path) {
        this.field = field;
        this.path = path;
    }

    /** Throws a problem of type BAD_IMAGE that names the field and the path. */
    static void check(String path) {
        KernelFile file = new KernelFile("kernel", path);
        file.checkKernel(file.regular());
    }

    /** As {@link #check}, for a ramdisk: anything that can be read will do. */
    static void checkRamdisk(String path) {
        new KernelFile("ramdisk", path).regular();
    }

    private Path regular() {
        Path file;
        try {
            file = Path.of(path);
        } catch (InvalidPathException e) {
            throw refusal("the path of a file");
        }
        if (!Files.exists(file)) {
            throw refusal("a file that exists");
        }
        if (!Files.isRegularFile(file)) {
            throw refusal("a regular file");
        }
        if (!Files.isReadable(file)) {
            throw refusal("a file that can be read");
        }
        return file;
    }

    private void checkKernel(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() == 0) {
                throw refusal("a kernel, but it is empty");
            }
            ByteBuffer bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(channel.size(), Integer.MAX_VALUE));
            checkImage(file, bytes.order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException | UncheckedIOException e) {
            throw refusal("a file that can be read (" + e.getMessage() + ")");
        }
    }

    private void checkImage(Path file, ByteBuffer bytes) throws IOException {
        if (bytes.limit() >= 4 && bytes.getInt(0) == ELF_MAGIC) {
            checkElf(bytes);
        } else if (bytes.limit() >= 0x250 && bytes.getInt(0x202) == BZIMAGE_MAGIC) {
            checkBzImage(bytes);
        } else if (bytes.limit() >= 2 && (bytes.getShort(0) & 0xffff) == GZIP_MAGIC) {
            checkGzip(file);
        } else {
            throw refusal("a kernel (ELF, bzImage or gzip)");
        }
    }

    private void checkElf(ByteBuffer elf) {
        if (elf.limit() < ELF64_HEADER) {
            throw refusal("a complete ELF, but it is truncated");
        }
        int machine = elf.getShort(18);
        if (machine != MACHINE_X86_64 && machine != MACHINE_386) {
            throw refusal("an ELF for x86, but its machine is " + machine);
        }
        if (elf.get(4) == 2 && endOfSegments(elf) > elf.limit()) {
            throw refusal("a complete ELF, but it is truncated");
        }
        if (!mentionsXen(elf)) {
            throw refusal("an ELF with Xen notes");
        }
    }

    /** Where the last segment of a 64-bit ELF ends in the file. */
    private static long endOfSegments(ByteBuffer elf) {
        long headers = elf.getLong(32);
        int size = elf.getShort(54) & 0xffff;
        int count = elf.getShort(56) & 0xffff;
        long end = headers + (long) size * count;
        if (headers < 0 || end > elf.limit()) {
            return Long.MAX_VALUE;
        }
        for (int i = 0; i < count; i++) {
            int header = (int) headers + i * size;
            end = Math.max(end, elf.getLong(header + 8) + elf.getLong(header + 32));
        }
        return end;
    }

    /** Whether there is a note of owner "Xen" or an old __xen_guest section. */
    private static boolean mentionsXen(ByteBuffer elf) {
        int owner = 0x006e6558; // "Xen", as a note's name
        int old = 0x6e65785f; // "_xen" of "__xen_guest"
        for (int at = 0; at + 4 <= elf.limit(); at++) {
            int word = elf.getInt(at);
            if ((word == owner && at >= 12 && elf.getInt(at - 12) == 4)
                    || (word == old && at + 10 <= elf.limit() && elf.getInt(at + 4) == 0x6575675f)) {
                return true;
            }
        }
        return false;
    }

    private void checkBzImage(ByteBuffer image) {
        int setupSectors = image.get(0x1f1) & 0xff;
        long payload = (setupSectors + 1) * 512L + Integer.toUnsignedLong(image.getInt(0x248));
        if (payload + Integer.toUnsignedLong(image.getInt(0x24c)) > image.limit()) {
            throw refusal("a complete bzImage, but it is truncated");
        }
    }

    private void checkGzip(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            ByteBuffer start = ByteBuffer.wrap(in.readNBytes(SHOWN_UNPACKED)).order(ByteOrder.LITTLE_ENDIAN);
            in.transferTo(java.io.OutputStream.nullOutputStream());
            if (start.limit() < 4 || start.getInt(0) != ELF_MAGIC) {
                throw refusal("a kernel in gzip");
            }
        } catch (java.io.EOFException | java.util.zip.ZipException e) {
            throw refusal("a complete gzip file (" + e.getMessage() + ")");
        }
    }

    private ProblemException refusal(String expected) {
        return Problem.of(ProblemType.BAD_IMAGE, field + ": " + Problem.quote(path) + ", expected " + expected)
                .withField(field)
                .withCall("xc_dom_" + (field.equals("kernel") ? "kernel" : "module") + "_file", path)
                .toException();
    }
}
