package dev.xcs.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command lines by which NetBSD's files and disks are seen, and vnode disks, vnd(4), are made and unmade; and what they print. Paths are absolute, so
 * that none is taken for an option.
 */
public final class NetbsdDisks {
    private static final Pattern STAT = Pattern.compile("([0-7]+) (\\d+) (\\d+) (\\d+) (-?\\d+)");
    private static final Pattern NODE = Pattern.compile("(-?\\d+) (/\\S+)");
    private static final Pattern VNODE = Pattern.compile("vnd(\\d{1,5}): (.*)");
    private static final Pattern VNODE_OF = Pattern.compile("(?:(/.*) \\((/dev/.+)\\)|.*) inode (\\d+)");
    private static final Pattern MOUNTED = Pattern.compile("(/dev/\\S+) on (/.*) type \\S+.*");
    private static final Pattern PARTITION = Pattern.compile("(.*/)([a-z]+\\d+)([a-p])");

    private NetbsdDisks() {}

    public static List<String> realPath(String path) {
        return List.of("readlink", "-f", path);
    }

    /** Mode, size, device, inode and, of a device, its number. */
    public static List<String> stat(String path) {
        return List.of("stat", "-L", "-f", "%Op %Dz %Dd %Di %Dr", path);
    }

    public static List<String> mayWrite(String path) {
        return List.of("test", "-w", path);
    }

    /** The number and the path of every block device. */
    public static List<String> nodes() {
        return List.of("find", "/dev", "-type", "b", "-exec", "stat", "-f", "%Dr %N", "{}", "+");
    }

    /** Which partition of a disk, counted from 0, is the whole of it: 3 on x86. */
    public static List<String> rawPartition() {
        return List.of("sysctl", "-n", "kern.rawpartition");
    }

    /** @param raw the disk's raw device */
    public static List<String> label(String raw) {
        return List.of("disklabel", raw);
    }

    public static List<String> mounted() {
        return List.of("mount");
    }

    public static List<String> swap() {
        return List.of("swapctl", "-l");
    }

    public static List<String> vnodes() {
        return List.of("vndconfig", "-l");
    }

    public static List<String> configure(String vnode, String file, boolean readOnly) {
        return readOnly ? List.of("vndconfig", "-c", "-r", vnode, file) : List.of("vndconfig", "-c", vnode, file);
    }

    /** Fails while somebody has it open. */
    public static List<String> unconfigure(String vnode) {
        return List.of("vndconfig", "-u", vnode);
    }

    /**
     * What stat(1) told.
     *
     * @param special of a device: its number
     */
    public record Facts(int mode, long size, long device, long inode, long special) {}

    public static Optional<Facts> facts(String text) {
        Matcher fields = STAT.matcher(text.strip());
        return fields.matches()
                ? Optional.of(new Facts(
                        Integer.parseInt(fields.group(1), 8),
                        Long.parseLong(fields.group(2)),
                        Long.parseLong(fields.group(3)),
                        Long.parseLong(fields.group(4)),
                        Long.parseLong(fields.group(5))))
                : Optional.empty();
    }

    /** The path of the device with that number, as {@link #nodes} told. */
    public static Optional<String> node(String text, long special) {
        return text.lines()
                .map(NODE::matcher)
                .filter(line -> line.matches() && Long.parseLong(line.group(1)) == special)
                .map(line -> line.group(2))
                .findFirst();
    }

    /**
     * A vnode disk.
     *
     * @param inode of its file; 0 for one that is not in use
     * @param mountPoint of the file system that the file is on; empty where that is not told
     */
    public record Vnode(int unit, long inode, String mountPoint) {
        public boolean isFree() {
            return inode == 0;
        }

        public String name() {
            return "vnd" + unit;
        }
    }

    public static List<Vnode> vnodes(String text) {
        List<Vnode> all = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher vnode = VNODE.matcher(line);
            if (vnode.matches()) {
                Matcher file = VNODE_OF.matcher(vnode.group(2));
                boolean used = file.matches();
                String place = used ? file.group(1) : null;
                all.add(new Vnode(
                        Integer.parseInt(vnode.group(1)),
                        used ? Long.parseLong(file.group(3)) : 0,
                        place == null ? "" : place));
            }
        }
        return all;
    }

    /** Where a device is mounted. */
    public static Optional<String> mountPoint(String text, String device) {
        return text.lines()
                .map(MOUNTED::matcher)
                .filter(line -> line.matches() && line.group(1).equals(device))
                .map(line -> line.group(2))
                .findFirst();
    }

    public static boolean swaps(String text, String device) {
        return text.lines().anyMatch(line -> line.startsWith(device + " "));
    }

    /**
     * What the path of a partition says: {@code /dev/wd0e}.
     *
     * @param directory with its last slash
     */
    public record PartitionPath(String directory, String disk, char letter) {
        /** The raw device of the whole disk. */
        public String raw(int rawPartition) {
            return directory + "r" + disk + letterOf(rawPartition);
        }

        /** Another partition of the same disk. */
        public String sibling(char other) {
            return directory + disk + other;
        }

        public int index() {
            return letter - 'a';
        }
    }

    /** Empty for the path of something else: a wedge, a volume. */
    public static Optional<PartitionPath> partition(String path) {
        Matcher parts = PARTITION.matcher(path);
        return parts.matches()
                ? Optional.of(new PartitionPath(
                        parts.group(1), parts.group(2), parts.group(3).charAt(0)))
                : Optional.empty();
    }

    public static char letterOf(int partition) {
        return (char) ('a' + partition);
    }
}
