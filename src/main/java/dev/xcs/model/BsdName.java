package dev.xcs.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A driver, the unit in decimal and the partition as a letter: {@code wd0}, {@code wd0a}. One letter is no partition but the whole disk, and
 * on a CD drive every letter is.
 *
 * @param whole the letter of the whole disk: d on NetBSD, c on OpenBSD
 */
record BsdName(String driver, DiskClass diskClass, char whole, Pattern pattern) implements NameForm {
    /** Systems of this kind have 16 partitions to a disk. */
    private static final char LAST = 'p';

    static BsdName of(String driver, DiskClass diskClass, char whole) {
        return new BsdName(driver, diskClass, whole, Pattern.compile(driver + "(0|[1-9][0-9]{0,6})([a-p])?"));
    }

    @Override
    public Optional<VirtualDevice> read(String name) {
        Matcher match = pattern.matcher(name);
        return match.matches()
                ? Optional.of(VirtualDevice.named(
                        name, diskClass, DeviceNames.number(match.group(1)), partition(match.group(2))))
                : Optional.empty();
    }

    private int partition(@Nullable String letter) {
        if (letter == null || letter.charAt(0) == whole || diskClass.maxPartition() == 0) {
            return 0;
        }
        return letter.charAt(0) - 'a' + 1;
    }

    @Override
    public Optional<String> write(VirtualDevice device) {
        char letter = (char) ('a' + device.partition() - 1);
        boolean named = device.diskClass() == diskClass && letter != whole && letter <= LAST;
        return named ? Optional.of(driver + device.disk() + (device.partition() == 0 ? "" : letter)) : Optional.empty();
    }

    @Override
    public String example() {
        return driver + "0" + (diskClass.maxPartition() == 0 ? "" : " or " + driver + "0a");
    }
}
