package dev.xcs.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PV kernel of our own, assembled by the system's compiler: boot/tiny-kernel.S. As an ELF it has Xen's notes; as an a.out it is what
 * Plan 9's linker would make of the same code.
 */
public final class TinyKernel {
    /** Where Plan 9 has a kernel's memory mapped on amd64. */
    public static final long KZERO = 0xffff_ffff_8000_0000L;

    private final Path directory;
    private final Path elf;
    private final long base;
    private final long entry;

    private TinyKernel(Path directory, Path elf, long base, long entry) {
        this.directory = directory;
        this.elf = elf;
        this.base = base;
        this.entry = entry;
    }

    /** Why it cannot be made here. */
    public static Optional<String> missing() {
        boolean there = Stream.of("cc", "objcopy").allMatch(TinyKernel::isThere);
        return there ? Optional.empty() : Optional.of("no C compiler with binutils here (Debian: gcc)");
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    /** Assembles it for an entry, with all memory mapped from the base on. */
    public static TinyKernel make(Path directory, long base, long entry) throws IOException, InterruptedException {
        for (String file : List.of("tiny-kernel.S", "tiny-kernel.ld")) {
            try (InputStream source =
                    Objects.requireNonNull(TinyKernel.class.getResourceAsStream("/boot/" + file), file)) {
                Files.write(directory.resolve(file), source.readAllBytes());
            }
        }
        String addresses = String.format("-Wl,--defsym=BASE=%#x,--defsym=ENTRY=%#x", base, entry);
        run(
                directory,
                "cc -nostdlib -static -no-pie -Wl,--build-id=none -T tiny-kernel.ld " + addresses
                        + " -o tiny.elf tiny-kernel.S");
        return new TinyKernel(directory, directory.resolve("tiny.elf"), base, entry);
    }

    public Path elf() {
        return elf;
    }

    /** The same as an a.out; nothing of the ELF but code and data is in it. */
    public Path aOut() throws IOException, InterruptedException {
        byte[] text = section(".text");
        byte[] data = section(".data");
        ByteBuffer out = ByteBuffer.allocate(40 + text.length + data.length);
        out.putInt(0x8a97).putInt(text.length).putInt(data.length).putInt(bssBytes());
        out.putInt(0).putInt((int) (entry - base)).putInt(0).putInt(0);
        out.putLong(entry).put(text).put(data);
        return Files.write(directory.resolve("tiny.aout"), out.array());
    }

    private byte[] section(String name) throws IOException, InterruptedException {
        run(directory, "objcopy -O binary -j " + name + " tiny.elf section");
        return Files.readAllBytes(directory.resolve("section"));
    }

    /** What the second segment, that of the data, has in memory beyond the file. */
    private int bssBytes() throws IOException {
        ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(elf)).order(ByteOrder.LITTLE_ENDIAN);
        int second = 64 + 56;
        return (int) (header.getLong(second + 40) - header.getLong(second + 32));
    }

    static void run(Path directory, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command.split(" "))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(command + " failed: " + output);
        }
    }
}
