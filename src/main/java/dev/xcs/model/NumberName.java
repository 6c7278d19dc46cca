package dev.xcs.model;

import java.util.Optional;
import java.util.regex.Pattern;

/** The number itself, as C writes numbers: decimal, hexadecimal after 0x, octal after 0. */
record NumberName() implements NameForm {
    private static final Pattern PATTERN = Pattern.compile("0|[1-9][0-9]{0,11}|0[xX][0-9a-fA-F]{1,9}|0[0-7]{1,12}");

    @Override
    public Optional<VirtualDevice> read(String name) {
        if (!PATTERN.matcher(name).matches()) {
            return Optional.empty();
        }
        long number = Long.decode(name);
        if (number > VirtualDevice.MAX_NUMBER) {
            throw Problem.invalidField("vdev", name, "a device number from 0 to " + VirtualDevice.MAX_NUMBER)
                    .toException();
        }
        return Optional.of(new VirtualDevice(Math.toIntExact(number)));
    }

    @Override
    public Optional<String> write(VirtualDevice device) {
        return Optional.of(String.valueOf(device.number()));
    }

    @Override
    public String example() {
        return "a device number like 51712 or 0xca00";
    }
}
