package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A /sys and a /proc of our own making, in the form of Linux's. */
final class MadeUpSystem {
    final Path root;

    MadeUpSystem(Path root) {
        this.root = root;
    }

    static LibC libc() {
        Native.register(
                LibC.class, NativeLibrary.getInstance("libc.so.6", Map.of(Library.OPTION_STRING_ENCODING, "UTF-8")));
        return new LibC();
    }

    /** A whole disk. */
    void disk(String name, String number, long sectors) throws IOException {
        device("sys/devices/block/" + name, name, number, sectors);
        put("sys/devices/block/" + name + "/queue/logical_block_size", "512\n");
        link("sys/block/" + name, "../devices/block/" + name);
    }

    void partition(String disk, int index, String number, long start, long sectors) throws IOException {
        String name = disk + index;
        String path = "sys/devices/block/" + disk + "/" + name;
        device(path, name, number, sectors);
        put(path + "/partition", index + "\n");
        put(path + "/start", start + "\n");
    }

    void device(String path, String name, String number, long sectors) throws IOException {
        put(path + "/dev", number + "\n");
        put(path + "/size", sectors + "\n");
        put(path + "/ro", "0\n");
        put(path + "/uevent", "MAJOR=8\nDEVNAME=" + name + "\nDEVTYPE=disk\n");
        Files.createDirectories(root.resolve(path).resolve("holders"));
        link("sys/dev/block/" + number, "../../../" + path);
        link("sys/class/block/" + name, "../../../" + path);
    }

    void put(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void link(String path, String target) throws IOException {
        Path link = root.resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }
}
