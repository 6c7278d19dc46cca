package dev.xcs.image;

/** An initial ramdisk. */
public final class Ramdisk {
    private Ramdisk() {}

    /** Checks a ramdisk at a path; the field it came from is {@code ramdisk}. Gives its size in bytes. */
    public static long inspect(String path, int memoryMib) {
        try (BootFile file = BootFile.open("ramdisk", path)) {
            return inspect(file, memoryMib);
        }
    }

    /** Checks an open ramdisk: it has to fit into the memory of its guest. */
    public static long inspect(BootFile file, int memoryMib) {
        if (file.size() >= memoryMib * 1024L * 1024) {
            throw file.refuse("does not fit: it has " + file.size() + " bytes, the guest " + memoryMib + " MiB");
        }
        return file.size();
    }
}
