package dev.xcs.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Xen's own disks by their numbers: {@code d0}, {@code d536p37}. */
record PairName() implements NameForm {
    private static final Pattern PATTERN = Pattern.compile("d(0|[1-9][0-9]{0,8})(p(0|[1-9][0-9]{0,4}))?");

    @Override
    public Optional<VirtualDevice> read(String name) {
        Matcher match = PATTERN.matcher(name);
        return match.matches()
                ? Optional.of(VirtualDevice.named(
                        name, DiskClass.XVD, DeviceNames.number(match.group(1)), DeviceNames.number(match.group(3))))
                : Optional.empty();
    }

    @Override
    public Optional<String> write(VirtualDevice device) {
        return device.diskClass() == DiskClass.XVD
                ? Optional.of("d" + device.disk() + "p" + device.partition())
                : Optional.empty();
    }

    @Override
    public String example() {
        return "d0p1";
    }
}
