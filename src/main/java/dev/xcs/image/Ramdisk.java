package dev.xcs.image;

import dev.xcs.model.ProblemException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An initial ramdisk, or several that are joined: Linux unpacks one archive after the other, each from a multiple of 4 bytes on, and skips the zeros
 * in between (Documentation/driver-api/early-userspace/buffer-format.rst).
 */
public final class Ramdisk implements AutoCloseable {
    private static final int ALIGNMENT = 4;

    private final List<BootFile> files;

    private Ramdisk(List<BootFile> files) {
        this.files = files;
    }

    /** Checks ramdisks that are joined; the field they came from is {@code ramdisk} or {@code ramdisks}. Gives their size in bytes. */
    public static long inspect(List<String> paths, int memoryMib) {
        try (Ramdisk ramdisk = open(paths, memoryMib)) {
            return ramdisk.size();
        }
    }

    /** Opens and checks them: together they have to fit into the memory of their guest. */
    public static Ramdisk open(List<String> paths, int memoryMib) {
        List<BootFile> files = new ArrayList<>();
        try {
            for (String path : paths) {
                files.add(BootFile.open(paths.size() == 1 ? "ramdisk" : "ramdisks[" + files.size() + "]", path));
            }
            Ramdisk ramdisk = new Ramdisk(files);
            ramdisk.requireFit(memoryMib);
            return ramdisk;
        } catch (ProblemException e) {
            files.forEach(BootFile::close);
            throw e;
        }
    }

    private void requireFit(int memoryMib) {
        if (size() >= memoryMib * 1024L * 1024) {
            BootFile last = files.get(files.size() - 1);
            String with = files.size() == 1 ? "it has " : "with those before it there are ";
            throw last.refuse("does not fit: " + with + size() + " bytes, the guest " + memoryMib + " MiB");
        }
    }

    /** In bytes, with the gaps in between. */
    public long size() {
        return start(files.size() - 1) + files.get(files.size() - 1).size();
    }

    public BootFile first() {
        return files.get(0);
    }

    /**
     * Where one of them begins. Of several not even the first begins at 0: libxenguest unpacks what begins as a gzip file, and drops all that
     * follows its end.
     */
    private long start(int index) {
        long at = files.size() == 1 ? 0 : ALIGNMENT;
        for (BootFile file : files.subList(0, index)) {
            at = (at + file.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        return at;
    }

    /** Gives out a part of where it is to be. */
    @FunctionalInterface
    public interface Target {
        ByteBuffer part(long at, long length);
    }

    /** Writes all of it. */
    public void writeTo(Target target, long chunkBytes) {
        long end = 0;
        for (int i = 0; i < files.size(); i++) {
            long start = start(i);
            if (start > end) {
                target.part(end, start - end).put(new byte[(int) (start - end)]);
            }
            BootFile file = files.get(i);
            for (long at = 0; at < file.size(); at += chunkBytes) {
                file.readFully(at, target.part(start + at, Math.min(chunkBytes, file.size() - at)));
            }
            end = start + file.size();
        }
    }

    @Override
    public void close() {
        files.forEach(BootFile::close);
    }
}
