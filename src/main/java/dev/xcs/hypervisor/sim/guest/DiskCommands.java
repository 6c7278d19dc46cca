package dev.xcs.hypervisor.sim.guest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The shell's commands on disks. All of their I/O goes through the ring. */
final class DiskCommands {
    /** What is printed or summed at most: a console takes its time, and so does a ring. */
    private static final long MOST_PRINTED = 1L << 20;

    private static final long MOST_SUMMED = 256L << 20;

    private DiskCommands() {}

    static @Nullable Program lsblk(Guest guest, List<String> args) {
        StringBuilder table = new StringBuilder(String.format("%-8s %12s RO TYPE\n", "NAME", "BYTES"));
        guest.disks()
                .byName()
                .forEach((name, disk) -> table.append(String.format(
                        "%-8s %12d  %d %s\n",
                        name, disk.sizeBytes(), disk.readOnly() ? 1 : 0, disk.cdrom() ? "rom" : "disk")));
        return print(guest, table.toString());
    }

    /** {@code dd if=DISK [bs=BYTES] [skip=BLOCKS] [count=BLOCKS]}: prints what it reads. */
    static @Nullable Program dd(Guest guest, List<String> args) {
        Map<String, String> operands = new HashMap<>();
        for (String arg : args) {
            if (!arg.matches("if=.+|(bs|skip|count)=[0-9]{1,12}")) {
                return print(guest, "usage: dd if=DISK [bs=BYTES] [skip=BLOCKS] [count=BLOCKS]\n");
            }
            operands.put(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
        }
        long block = Math.min(MOST_PRINTED, Long.parseLong(operands.getOrDefault("bs", "512")));
        long start = block * Long.parseLong(operands.getOrDefault("skip", "0"));
        long count = Math.min(MOST_PRINTED, Long.parseLong(operands.getOrDefault("count", "" + MOST_PRINTED)));
        return show(guest, "dd", operands.getOrDefault("if", ""), start, block * count);
    }

    static @Nullable Program head(Guest guest, List<String> args) {
        if (args.size() != 3 || !args.get(0).equals("-c") || !isNumber(args.get(1))) {
            return print(guest, "usage: head -c BYTES DISK\n");
        }
        return show(guest, "head", args.get(2), 0, Long.parseLong(args.get(1)));
    }

    private static @Nullable Program show(Guest guest, String command, String path, long start, long wanted) {
        Optional<BlockFront> disk = find(guest, command, path);
        if (disk.isEmpty()) {
            return null;
        }
        long length = Math.min(wanted, Math.max(0, disk.get().sizeBytes() - start));
        if (length > MOST_PRINTED) {
            return print(guest, command + ": " + path + ": at most " + MOST_PRINTED + " bytes are printed\n");
        }
        return new DiskProgram(command, disk.get(), DiskWork.read(start, length, new DiskWork.Printer()));
    }

    /** {@code write [-f] DISK OFFSET TEXT...}; with -f also what the disk is not for, to see the back-end refuse it. */
    static @Nullable Program write(Guest guest, List<String> args) {
        boolean force = !args.isEmpty() && args.get(0).equals("-f");
        List<String> words = force ? args.subList(1, args.size()) : args;
        if (words.size() < 3 || !isNumber(words.get(1))) {
            return print(guest, "usage: write [-f] DISK OFFSET TEXT...\n");
        }
        Optional<BlockFront> found = find(guest, "write", words.get(0));
        if (found.isEmpty()) {
            return null;
        }
        BlockFront disk = found.get();
        long start = Long.parseLong(words.get(1));
        byte[] text = String.join(" ", words.subList(2, words.size())).getBytes(StandardCharsets.ISO_8859_1);
        if (!force && disk.readOnly()) {
            return print(guest, "write: " + words.get(0) + ": Operation not permitted\n");
        }
        if (!force && start + text.length > disk.sizeBytes()) {
            return print(guest, "write: " + words.get(0) + ": No space left on device\n");
        }
        return new DiskProgram("write", disk, DiskWork.write(start, text));
    }

    static @Nullable Program sync(Guest guest, List<String> args) {
        return new SyncProgram(List.copyOf(guest.disks().byName().values()));
    }

    static @Nullable Program md5sum(Guest guest, List<String> args) {
        if (args.size() != 1) {
            return print(guest, "usage: md5sum DISK\n");
        }
        String path = args.get(0);
        Optional<BlockFront> disk = find(guest, "md5sum", path);
        if (disk.isEmpty()) {
            return null;
        }
        long size = disk.get().sizeBytes();
        if (size > MOST_SUMMED) {
            return print(guest, "md5sum: " + path + ": larger than " + MOST_SUMMED + " bytes\n");
        }
        return new DiskProgram("md5sum", disk.get(), DiskWork.read(0, size, new DiskWork.Digester(md5(), path)));
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has MD5", e);
        }
    }

    static @Nullable Program blkdiscard(Guest guest, List<String> args) {
        if (args.size() != 3 || !isNumber(args.get(1)) || !isNumber(args.get(2))) {
            return print(guest, "usage: blkdiscard DISK OFFSET BYTES\n");
        }
        Optional<BlockFront> disk = find(guest, "blkdiscard", args.get(0));
        if (disk.isEmpty()) {
            return null;
        }
        if (!disk.get().canDiscard()) {
            return print(guest, "blkdiscard: " + args.get(0) + ": Operation not supported\n");
        }
        long first = Long.parseLong(args.get(1)) / BlkifRing.SECTOR;
        long sectors = Long.parseLong(args.get(2)) / BlkifRing.SECTOR;
        return new DiskProgram("blkdiscard", disk.get(), DiskWork.discard(first, sectors));
    }

    /** By its name or path; of NetBSD also its raw partition, {@code /dev/xbd0d}. */
    private static Optional<BlockFront> find(Guest guest, String command, String path) {
        String name = path.startsWith("/dev/") ? path.substring("/dev/".length()) : path;
        Map<String, BlockFront> disks = guest.disks().byName();
        BlockFront disk = disks.getOrDefault(name, disks.get(name.replaceFirst("^r?(xbd[0-9]+)d$", "$1")));
        if (disk == null) {
            guest.terminal().print(command + ": " + path + ": No such file or directory\n");
        }
        return Optional.ofNullable(disk);
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]{1,15}");
    }

    private static @Nullable Program print(Guest guest, String text) {
        guest.terminal().print(text);
        return null;
    }
}
