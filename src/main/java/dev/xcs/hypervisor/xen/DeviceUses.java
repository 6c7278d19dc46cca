package dev.xcs.hypervisor.xen;

import dev.xcs.model.DeviceNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Who in dom0 uses a file or a block device, in words. */
final class DeviceUses {
    private final Path root;
    private final SysBlock sys;
    private final BlockCalls calls;
    private final LoopControl loops;

    DeviceUses(Path root, SysBlock sys, BlockCalls calls, LoopControl loops) {
        this.root = root;
        this.sys = sys;
        this.calls = calls;
        this.loops = loops;
    }

    List<String> ofFile(FileNode file) {
        List<String> uses = new ArrayList<>();
        if (swaps().stream().anyMatch(name -> isFile(name, file))) {
            uses.add("swap");
        }
        loopDevices().stream()
                .filter(loop ->
                        file.isSameFile(loop.status().device(), loop.status().inode()))
                .forEach(loop -> uses.add(loop.words()));
        return uses;
    }

    private boolean isFile(String name, FileNode file) {
        try {
            return FileNode.of(root.resolve(name.substring(1))).isSameFile(file.device(), file.inode());
        } catch (IOException | StringIndexOutOfBoundsException e) {
            return false;
        }
    }

    /** Of the device itself, of the partitions that it has, and of the disk whose part it is. */
    List<String> ofDevice(DeviceNumber device) {
        Tables tables = new Tables(MountTable.mounts(text("proc/self/mountinfo")), swaps(), loopDevices());
        List<String> uses = new ArrayList<>(ofOne(device, tables));
        sys.partitions(device)
                .forEach(part -> ofOne(part, tables).forEach(use -> uses.add("partition " + part + " " + use)));
        sys.disk(device).ifPresent(disk -> ofOne(disk, tables).forEach(use -> uses.add("disk " + disk + " " + use)));
        if (uses.isEmpty() && claimed(device)) {
            uses.add("claimed by dom0: opened exclusively");
        }
        return uses;
    }

    private record Tables(List<MountTable.Mount> mounts, List<String> swaps, List<LoopDevice> loops) {}

    private record LoopDevice(String path, LoopStatus status) {
        String words() {
            return "loop device " + path;
        }
    }

    private List<String> ofOne(DeviceNumber device, Tables tables) {
        List<String> uses = new ArrayList<>();
        tables.mounts().stream()
                .filter(mount -> mount.device().equals(device) || isNode(mount.source(), device))
                .forEach(mount -> uses.add("mounted at " + mount.point()));
        if (tables.swaps().stream().anyMatch(name -> isNode(name, device))) {
            uses.add("swap");
        }
        sys.holders(device).forEach(holder -> uses.add("held by " + holder));
        tables.loops().stream()
                .filter(loop ->
                        loop.status().ofBlockDevice() && loop.status().real().equals(device))
                .forEach(loop -> uses.add(loop.words()));
        return uses;
    }

    /** A file system's source is no path but a word where there is no device. */
    private boolean isNode(String name, DeviceNumber device) {
        if (!name.startsWith("/dev/")) {
            return false;
        }
        return numberOf(root.resolve(name.substring(1))).filter(device::equals).isPresent();
    }

    private Optional<DeviceNumber> numberOf(Path node) {
        try {
            Path real = node.toRealPath();
            FileNode found = FileNode.of(real);
            return found.isBlockDevice()
                    ? Optional.of(found.special())
                    : sys.named(Objects.toString(real.getFileName(), ""));
        } catch (IOException e) {
            // The node may have been removed under the mount; its name is still the kernel's.
            return sys.named(Objects.toString(node.getFileName(), ""));
        }
    }

    private List<LoopDevice> loopDevices() {
        List<LoopDevice> found = new ArrayList<>();
        for (DeviceNumber loop : sys.disks("loop")) {
            if (sys.loopFile(loop).isPresent()) {
                sys.name(loop)
                        .map(name -> "/dev/" + name)
                        .ifPresent(path ->
                                loops.status(path).ifPresent(status -> found.add(new LoopDevice(path, status))));
            }
        }
        return found;
    }

    /** What keeps neither a mount nor a holder, as ZFS does. Loop and network block devices are claimed for a moment by their own makers. */
    private boolean claimed(DeviceNumber device) {
        return sys.name(device)
                .filter(name -> !name.startsWith("loop") && !name.startsWith("nbd"))
                .filter(name -> calls.claimed("/dev/" + name))
                .isPresent();
    }

    private List<String> swaps() {
        return MountTable.swaps(text("proc/swaps"));
    }

    private String text(String path) {
        try {
            // Names of files are bytes: what is no UTF-8 must not hide the other lines.
            return new String(Files.readAllBytes(root.resolve(path)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
