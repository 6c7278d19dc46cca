package dev.xcs.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The disk as letters (a to z, aa to zz and on), the partition in decimal without leading zeros: {@code xvda}, {@code xvdaa1}, {@code hdc2}. */
record XenName(DiskClass diskClass, Pattern pattern) implements NameForm {
    private static final int LETTERS = 26;

    static XenName of(DiskClass diskClass) {
        return new XenName(diskClass, Pattern.compile(diskClass.stem() + "([a-z]{1,5})([1-9][0-9]{0,4})?"));
    }

    @Override
    public Optional<VirtualDevice> read(String name) {
        Matcher match = pattern.matcher(name);
        return match.matches()
                ? Optional.of(
                        VirtualDevice.named(name, diskClass, disk(match.group(1)), DeviceNames.number(match.group(2))))
                : Optional.empty();
    }

    @Override
    public Optional<String> write(VirtualDevice device) {
        return device.diskClass() == diskClass
                ? Optional.of(of(diskClass.stem(), device.disk(), device.partition()))
                : Optional.empty();
    }

    @Override
    public String example() {
        return diskClass.stem() + "a or " + diskClass.stem() + "b1";
    }

    static String of(String stem, int disk, int partition) {
        StringBuilder letters = new StringBuilder();
        for (int left = disk; left >= 0; left = left / LETTERS - 1) {
            letters.insert(0, (char) ('a' + left % LETTERS));
        }
        return stem + letters + (partition == 0 ? "" : partition);
    }

    private static int disk(String letters) {
        return letters.chars().reduce(-1, (disk, letter) -> (disk + 1) * LETTERS + letter - 'a');
    }
}
