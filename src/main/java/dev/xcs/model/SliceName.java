package dev.xcs.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** FreeBSD's: a driver, the unit in decimal, a partition after p (GPT) or s (MBR): {@code ada0}, {@code ada0p2}. */
record SliceName(String driver, DiskClass diskClass, Pattern pattern) implements NameForm {

    static SliceName of(String driver, DiskClass diskClass) {
        return new SliceName(
                driver, diskClass, Pattern.compile(driver + "(0|[1-9][0-9]{0,6})([ps]([1-9][0-9]{0,4}))?"));
    }

    @Override
    public Optional<VirtualDevice> read(String name) {
        Matcher match = pattern.matcher(name);
        return match.matches()
                ? Optional.of(VirtualDevice.named(
                        name, diskClass, DeviceNames.number(match.group(1)), DeviceNames.number(match.group(3))))
                : Optional.empty();
    }

    @Override
    public Optional<String> write(VirtualDevice device) {
        return device.diskClass() == diskClass
                ? Optional.of(driver + device.disk() + (device.partition() == 0 ? "" : "p" + device.partition()))
                : Optional.empty();
    }

    @Override
    public String example() {
        return driver + "0";
    }
}
