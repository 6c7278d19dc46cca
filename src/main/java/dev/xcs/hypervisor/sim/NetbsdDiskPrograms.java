package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.netbsd.CommandRunner;
import dev.xcs.hypervisor.netbsd.MediaSize;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Extent;
import dev.xcs.model.ProblemException;
import dev.xcs.platform.Dom0;
import dev.xcs.platform.NetbsdDisks;
import dev.xcs.platform.NetbsdDisks.PartitionPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The programs of a simulated NetBSD that disks are seen and made by: files are those of the machine, devices those of {@link DeviceDirectory}, vnode disks
 * those of {@link VnodeTable}. They know what xcsd says to them, and refuse all else.
 */
final class NetbsdDiskPrograms implements CommandRunner, MediaSize {
    private static final Pattern VNODE = Pattern.compile("/dev/vnd(\\d{1,5})d");
    private static final Pattern UNIT = Pattern.compile("vnd(\\d{1,5})");
    /** Drivers of old, which only have a label. */
    private static final Pattern LABELLED = Pattern.compile(".*/r?wd\\d+[a-p]");

    private static final String BLOCK_DEVICE = "60600";

    private final SimDisks disks;
    private final Map<String, Function<List<String>, Result>> programs = Map.of(
            "readlink", this::readlink,
            "stat", this::stat,
            "test", this::test,
            "find", this::find,
            "sysctl", words -> answer(words, List.of("-n", "kern.rawpartition"), VnodeTable.RAW_PARTITION + "\n"),
            "disklabel", this::disklabel,
            "mount", words -> answer(words, List.of(), mounted()),
            "swapctl", words -> answer(words, List.of("-l"), "no swap devices configured\n"),
            "vndconfig", this::vndconfig);

    NetbsdDiskPrograms(SimDisks disks) {
        this.disks = disks;
    }

    @Override
    public Result run(List<String> command, Duration patience) {
        Function<List<String>, Result> program = programs.get(command.get(0));
        return program == null
                ? Result.failed(command.get(0) + ": not found\n")
                : program.apply(command.subList(1, command.size()));
    }

    private static Result answer(List<String> words, List<String> understood, String text) {
        return words.equals(understood) ? Result.ok(text) : Result.failed("usage: not " + words + "\n");
    }

    /** A device of the simulated host; empty for anything else. */
    private Optional<Backing> device(String path) {
        return DeviceDirectory.isName(path) ? disks.device(path) : Optional.empty();
    }

    private Result readlink(List<String> words) {
        if (words.size() != 2 || !words.get(0).equals("-f")) {
            return Result.failed("usage: readlink [-fnqsv] [file ...]\n");
        }
        try {
            String path = HostFiles.resolve(words.get(1));
            boolean special =
                    DeviceDirectory.isName(path) || VNODE.matcher(path).matches();
            return Result.ok((special ? path : Path.of(path).toRealPath()) + "\n");
        } catch (IOException | InvalidPathException | ProblemException e) {
            return new Result(1, "", "");
        }
    }

    private Result stat(List<String> words) {
        if (words.size() != 4 || !words.subList(0, 3).equals(List.of("-L", "-f", "%Op %Dz %Dd %Di %Dr"))) {
            return Result.failed("usage: stat [-FLnq] [-f format] [file ...]\n");
        }
        String path = words.get(3);
        Matcher vnode = VNODE.matcher(path);
        try {
            if (vnode.matches() && Integer.parseInt(vnode.group(1)) < VnodeTable.UNITS) {
                return Result.ok(node(VnodeTable.number(Integer.parseInt(vnode.group(1)))));
            }
            if (DeviceDirectory.isName(path)) {
                return device(path)
                        .map(found -> Result.ok(node(numberOf(found))))
                        .orElseGet(() -> missing(path));
            }
            Map<String, Object> facts = Files.readAttributes(Path.of(path), "unix:mode,size,dev,ino");
            return Result.ok(Integer.toOctalString((int) number(facts, "mode")) + " " + number(facts, "size") + " "
                    + number(facts, "dev") + " " + number(facts, "ino") + " 0\n");
        } catch (NoSuchFileException | InvalidPathException e) {
            return missing(path);
        } catch (IOException e) {
            return Result.failed("stat: " + path + ": stat: Permission denied\n");
        }
    }

    private static Result missing(String path) {
        return Result.failed("stat: " + path + ": stat: No such file or directory\n");
    }

    private static String node(DeviceNumber number) {
        return BLOCK_DEVICE + " 0 0 0 " + Dom0.NETBSD.physicalDevice(number) + "\n";
    }

    private static DeviceNumber numberOf(Backing device) {
        return Objects.requireNonNull(device.device(), "a block device has a number");
    }

    private static long number(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof Number number ? number.longValue() : 0;
    }

    private Result test(List<String> words) {
        if (words.size() != 2 || !words.get(0).equals("-w")) {
            return Result.failed("test: syntax error\n");
        }
        String path = words.get(1);
        boolean may = VNODE.matcher(path).matches()
                || device(path).map(found -> !found.readOnly()).orElseGet(() -> Files.isWritable(Path.of(path)));
        return may ? Result.ok("") : new Result(1, "", "");
    }

    private Result find(List<String> words) {
        StringBuilder text = new StringBuilder();
        for (int unit = 0; unit < VnodeTable.UNITS; unit++) {
            text.append(Dom0.NETBSD.physicalDevice(VnodeTable.number(unit)));
            text.append(" /dev/vnd").append(unit).append("d\n");
        }
        for (Backing device : disks.devices()) {
            text.append(Dom0.NETBSD.physicalDevice(numberOf(device)));
            text.append(' ').append(device.path()).append('\n');
        }
        return answer(words, NetbsdDisks.nodes().subList(1, NetbsdDisks.nodes().size()), text.toString());
    }

    private String mounted() {
        StringBuilder text = new StringBuilder("/dev/sim/root on / type ffs (log, local)\n");
        for (Backing device : disks.devices()) {
            device.uses().stream()
                    .filter(use -> use.matches("mounted at [^ ]+"))
                    .forEach(use -> text.append(device.path())
                            .append(" on ")
                            .append(use.substring("mounted at ".length()))
                            .append(" type ffs (local)\n"));
        }
        return text.toString();
    }

    /** As disklabel(8) prints it, of a disk with partitions by their letters. */
    private Result disklabel(List<String> words) {
        String raw = words.isEmpty() ? "" : words.get(0);
        String path = raw.replaceFirst("/r([^/]+)$", "/$1");
        Optional<PartitionPath> parts = NetbsdDisks.partition(path);
        Optional<Backing> disk = device(path);
        if (words.size() != 1 || parts.isEmpty() || disk.isEmpty()) {
            return Result.failed("disklabel: " + raw + ": Device not configured\n");
        }
        StringBuilder text = new StringBuilder("# " + raw + ":\ntype: unknown\ndisk: simulated\nlabel: fictitious\n");
        text.append("bytes/sector: ").append(disk.get().sectorBytes()).append('\n');
        text.append("total sectors: ")
                .append(disk.get().sizeBytes() / disk.get().sectorBytes())
                .append("\n\n");
        text.append("16 partitions:\n#        size    offset     fstype [fsize bsize cpg/sgs]\n");
        for (char letter = 'a'; letter <= 'p'; letter++) {
            char named = letter;
            device(parts.get().sibling(letter)).ifPresent(part -> print(text, named, part));
        }
        return Result.ok(text.toString());
    }

    private static void print(StringBuilder text, char letter, Backing part) {
        Extent extent = part.extents().get(0);
        text.append(String.format(
                " %c: %9d %9d     4.2BSD   1024  8192     0%n",
                letter, part.sizeBytes() / part.sectorBytes(), extent.start() / part.sectorBytes()));
    }

    private Result vndconfig(List<String> words) {
        if (words.equals(List.of("-l"))) {
            return Result.ok(listed());
        }
        boolean readOnly = words.contains("-r");
        List<String> rest = words.stream().filter(word -> !word.equals("-r")).toList();
        Matcher unit = UNIT.matcher(rest.size() > 1 ? rest.get(1) : "");
        if (!unit.matches() || Integer.parseInt(unit.group(1)) >= VnodeTable.UNITS) {
            return Result.failed("vndconfig: " + words + ": opendisk: No such file or directory\n");
        }
        int number = Integer.parseInt(unit.group(1));
        String device = "/dev/rvnd" + number + "d";
        if (rest.size() == 2 && rest.get(0).equals("-u")) {
            return unconfigure(number, device);
        }
        if (rest.size() != 3 || !rest.get(0).equals("-c")) {
            return Result.failed("usage: vndconfig [-crvz] [-f disktab] [-t typename] vnode_disk regular-file\n");
        }
        return configure(number, device, Path.of(rest.get(2)), readOnly);
    }

    private Result configure(int unit, String device, Path file, boolean readOnly) {
        try {
            long inode = number(Files.readAttributes(file, "unix:ino"), "ino");
            return disks.vnodes().configure(unit, file, inode, readOnly)
                    ? Result.ok("")
                    : Result.failed("vndconfig: " + device + ": VNDIOCSET: Device busy\n");
        } catch (IOException e) {
            return Result.failed("vndconfig: " + file + ": " + e + "\n");
        }
    }

    private Result unconfigure(int unit, String device) {
        if (disks.vnodes().find(unit).isEmpty()) {
            return Result.failed("vndconfig: " + device + ": VNDIOCCLR: Device not configured\n");
        }
        return disks.vnodes().unconfigure(unit)
                ? Result.ok("")
                : Result.failed("vndconfig: " + device + ": VNDIOCCLR: Device busy\n");
    }

    private String listed() {
        StringBuilder text = new StringBuilder();
        for (int unit = 0; unit < VnodeTable.UNITS; unit++) {
            text.append("vnd").append(unit).append(": ");
            text.append(disks.vnodes()
                    .find(unit)
                    .map(vnode -> "/ (/dev/sim/root) inode " + vnode.inode)
                    .orElse("not in use"));
            text.append('\n');
        }
        return text.toString();
    }

    @Override
    public OptionalLong of(String path) {
        Matcher vnode = VNODE.matcher(path);
        if (vnode.matches()) {
            return disks.vnodes()
                    .find(Integer.parseInt(vnode.group(1)))
                    .map(found -> OptionalLong.of(found.sizeBytes))
                    .orElseGet(OptionalLong::empty);
        }
        return LABELLED.matcher(path).matches()
                ? OptionalLong.empty()
                : device(path).map(found -> OptionalLong.of(found.sizeBytes())).orElseGet(OptionalLong::empty);
    }
}
