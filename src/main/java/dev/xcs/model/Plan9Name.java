package dev.xcs.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plan 9's: a controller and a unit. Controllers 0 to 9 are SCSI, with 16 units in hexadecimal ({@code sd00}, {@code sd1f}); C to L are the ten
 * IDE ones, with two units ({@code sdC0} is hda, {@code sdD1} is hdd). Partitions have names of their own there and are not in it.
 */
record Plan9Name() implements NameForm {
    private static final Pattern SCSI = Pattern.compile("sd([0-9])([0-9a-f])");
    private static final Pattern IDE = Pattern.compile("sd([C-L])([01])");
    private static final int SCSI_UNITS = 16;
    private static final int SCSI_CONTROLLERS = 10;

    @Override
    public Optional<VirtualDevice> read(String name) {
        Matcher scsi = SCSI.matcher(name);
        if (scsi.matches()) {
            return VirtualDevice.find(DiskClass.SD, Integer.parseInt(name.substring(2), 16), 0);
        }
        Matcher ide = IDE.matcher(name);
        return ide.matches()
                ? VirtualDevice.find(DiskClass.HD, (name.charAt(2) - 'C') * 2 + name.charAt(3) - '0', 0)
                : Optional.empty();
    }

    @Override
    public Optional<String> write(VirtualDevice device) {
        if (device.partition() != 0) {
            return Optional.empty();
        }
        return switch (device.diskClass()) {
            case SD ->
                device.disk() < SCSI_CONTROLLERS * SCSI_UNITS
                        ? Optional.of(String.format("sd%02x", device.disk()))
                        : Optional.empty();
            case HD -> Optional.of("sd" + (char) ('C' + device.disk() / 2) + device.disk() % 2);
            case XVD, CD, OTHER -> Optional.empty();
        };
    }

    @Override
    public String example() {
        return "sd00 or sdC0";
    }
}
