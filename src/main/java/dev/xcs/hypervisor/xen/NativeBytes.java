package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.xcs.image.BootFile;
import dev.xcs.image.ElfWrapping;
import dev.xcs.image.ImageBytes;
import dev.xcs.image.Ramdisk;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** A file's bytes at an address, until it is closed. */
final class NativeBytes implements ImageBytes, AutoCloseable {
    private static final long CHUNK_BYTES = 1 << 24;

    private final String name;
    private final Pointer address;
    private final long size;
    private final Runnable release;

    private NativeBytes(String name, Pointer address, long size, Runnable release) {
        this.name = name;
        this.address = address;
        this.size = size;
        this.release = release;
    }

    /**
     * A copy of a file. Files of users are copied and not mapped: reading a mapped file that somebody cuts short kills the process.
     */
    static NativeBytes copyOf(BootFile file) {
        return copy(ByteBuffer.allocate(0), file, 0, file.size());
    }

    static NativeBytes copyOf(Ramdisk ramdisk) {
        Memory copy = allocate(ramdisk.first(), ramdisk.size());
        try {
            ramdisk.writeTo(copy::getByteBuffer, CHUNK_BYTES);
        } catch (ProblemException e) {
            copy.close();
            throw e;
        }
        return new NativeBytes(ramdisk.first().path().toString(), copy, ramdisk.size(), copy::close);
    }

    /** A kernel that is no ELF, inside the one that is made around it. */
    static NativeBytes wrapped(ElfWrapping elf, BootFile file) {
        return copy(elf.head(), file, elf.contentAt(), elf.contentBytes());
    }

    private static NativeBytes copy(ByteBuffer head, BootFile file, long from, long length) {
        int before = head.remaining();
        Memory copy = allocate(file, before + length);
        try {
            copy.getByteBuffer(0, before).put(head);
            for (long at = 0; at < length; at += CHUNK_BYTES) {
                ByteBuffer chunk = copy.getByteBuffer(before + at, Math.min(CHUNK_BYTES, length - at));
                file.readFully(from + at, chunk);
            }
        } catch (ProblemException e) {
            copy.close();
            throw e;
        }
        return new NativeBytes(file.path().toString(), copy, before + length, copy::close);
    }

    private static Memory allocate(BootFile file, long size) {
        try {
            return new Memory(size);
        } catch (OutOfMemoryError e) {
            Problem problem = Problem.of(
                            ProblemType.OUT_OF_MEMORY,
                            "dom0 has no memory for the " + size + " bytes of " + file.path())
                    .withStep("build")
                    .withCall("malloc", Long.toString(size))
                    .asRetryable();
            throw new ProblemException(problem, e);
        }
    }

    /** A read-only mapping of a file of our own that nobody changes. */
    static NativeBytes map(LibC libc, Path path, long size) {
        int fd = libc.open(path.toString(), LibC.O_RDONLY | LibC.O_CLOEXEC);
        if (fd < 0) {
            throw CallFailure.last("open", path);
        }
        Pointer address = libc.mmap(null, size, LibC.PROT_READ, LibC.MAP_PRIVATE, fd, 0);
        ProblemException failure = address.equals(LibC.MAP_FAILED) ? CallFailure.last("mmap", path) : null;
        libc.close(fd);
        if (failure != null) {
            throw failure;
        }
        return new NativeBytes(path.toString(), address, size, () -> libc.munmap(address, size));
    }

    /** Bytes that somebody else has made. */
    static NativeBytes of(String name, Pointer address, long size, Runnable release) {
        return new NativeBytes(name, address, size, release);
    }

    /** These bytes for somebody who does not own them: closing only calls back. */
    NativeBytes borrowed(Runnable giveBack) {
        return new NativeBytes(name, address, size, giveBack);
    }

    Pointer address() {
        return address;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public ByteBuffer read(long at, int length) {
        long available = at < 0 ? 0 : Math.max(0, Math.min(length, size - at));
        return available == 0
                ? ByteBuffer.allocate(0)
                : address.getByteBuffer(at, available).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public ProblemException refuse(long at, String what) {
        return Problem.of(
                        ProblemType.BAD_IMAGE,
                        "kernel: " + Problem.quote(name) + " is broken at offset 0x" + Long.toHexString(at)
                                + " of what is unpacked: " + what)
                .withField("kernel")
                .withStep("image")
                .toException();
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        release.run();
    }
}
