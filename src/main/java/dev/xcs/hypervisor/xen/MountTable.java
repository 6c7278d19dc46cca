package dev.xcs.hypervisor.xen;

import dev.xcs.model.DeviceNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of /proc/self/mountinfo and /proc/swaps (proc(5)). */
final class MountTable {
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,9}):(\\d{1,9})");
    private static final int MOUNT_NUMBER = 2;
    private static final int MOUNT_POINT = 4;
    private static final int MOUNT_FIELDS = 6;

    private MountTable() {}

    /**
     * A mount.
     *
     * @param device of the file system; one of its own invention where the file system has several disks (btrfs)
     * @param source what was mounted, in the file system's own words: mostly a device node
     */
    record Mount(DeviceNumber device, String point, String source) {}

    static List<Mount> mounts(String mountinfo) {
        List<Mount> found = new ArrayList<>();
        for (String line : mountinfo.split("\n")) {
            String[] fields = line.split(" ");
            int separator = List.of(fields).indexOf("-");
            if (separator >= MOUNT_FIELDS && separator + 2 < fields.length) {
                Matcher number = NUMBER.matcher(fields[MOUNT_NUMBER]);
                if (number.matches()) {
                    DeviceNumber device =
                            new DeviceNumber(Integer.parseInt(number.group(1)), Integer.parseInt(number.group(2)));
                    found.add(new Mount(device, unescape(fields[MOUNT_POINT]), unescape(fields[separator + 2])));
                }
            }
        }
        return found;
    }

    /** The devices and files that are swapped to. */
    static List<String> swaps(String swaps) {
        return swaps.lines()
                .skip(1)
                .map(line -> line.split("[ \t]", 2)[0])
                .filter(name -> !name.isEmpty())
                .map(MountTable::unescape)
                .toList();
    }

    /** Blanks, tabs, line ends and backslashes are written in octal. */
    private static String unescape(String field) {
        return ESCAPE.matcher(field)
                .replaceAll(
                        escape -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(escape.group(1), 8))));
    }
}
