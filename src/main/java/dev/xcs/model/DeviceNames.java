package dev.xcs.model;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table of what each system calls its disks. The first form that can write a device names it. */
final class DeviceNames {
    private static final String DIRECTORY = "/dev/";

    /** What Xen's own tools read, whatever the guest is. */
    private static final List<NameForm> XEN = List.of(
            XenName.of(DiskClass.XVD),
            XenName.of(DiskClass.SD),
            XenName.of(DiskClass.HD),
            new PairName(),
            new NumberName());

    /** What systems have of their own. Linux has Xen's names. */
    private static final Map<GuestOs, List<NameForm>> OWN = new EnumMap<>(Map.of(
            GuestOs.NETBSD,
            List.of(
                    BsdName.of("xbd", DiskClass.XVD, 'd'),
                    BsdName.of("wd", DiskClass.HD, 'd'),
                    BsdName.of("sd", DiskClass.SD, 'd'),
                    BsdName.of("cd", DiskClass.CD, 'd')),
            GuestOs.OPENBSD,
            List.of(
                    BsdName.of("wd", DiskClass.HD, 'c'),
                    BsdName.of("sd", DiskClass.SD, 'c'),
                    BsdName.of("cd", DiskClass.CD, 'c')),
            GuestOs.FREEBSD,
            List.of(
                    SliceName.of("xbd", DiskClass.XVD),
                    SliceName.of("ada", DiskClass.HD),
                    SliceName.of("ad", DiskClass.HD),
                    SliceName.of("da", DiskClass.SD),
                    SliceName.of("cd", DiskClass.CD)),
            GuestOs.PLAN9,
            List.of(new Plan9Name())));

    private DeviceNames() {}

    static VirtualDevice read(String name, GuestOs guestOs) {
        String bare = name.startsWith(DIRECTORY) ? name.substring(DIRECTORY.length()) : name;
        Optional<VirtualDevice> known = find(bare, forms(guestOs));
        return known.orElseGet(() ->
                guestOs == GuestOs.UNKNOWN ? theOnly(bare, readings(bare)) : refuse(name, guestOs, readings(bare)));
    }

    static String write(VirtualDevice device, GuestOs guestOs) {
        return forms(guestOs).stream()
                .flatMap(form -> form.write(device).stream())
                // Several numbers can mean the same disk; a name belongs to one of them.
                .filter(name -> read(name, guestOs).equals(device))
                .findFirst()
                .orElseThrow();
    }

    /** The number that digits say, 0 if there are none. */
    static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** What the name means to each system that has it among its own. */
    private static Map<GuestOs, VirtualDevice> readings(String name) {
        Map<GuestOs, VirtualDevice> readings = new LinkedHashMap<>();
        Arrays.stream(GuestOs.values())
                .forEach(os -> find(name, OWN.getOrDefault(os, List.of())).ifPresent(found -> readings.put(os, found)));
        return readings;
    }

    private static VirtualDevice theOnly(String name, Map<GuestOs, VirtualDevice> readings) {
        return switch ((int) readings.values().stream().distinct().count()) {
            case 0 -> refuse(name, GuestOs.UNKNOWN, readings);
            case 1 -> readings.values().iterator().next();
            default ->
                throw Problem.invalidField(
                                "vdev",
                                name,
                                "a name of one device only, or the guest's system: it is " + list(readings))
                        .toException();
        };
    }

    private static VirtualDevice refuse(String name, GuestOs guestOs, Map<GuestOs, VirtualDevice> elsewhere) {
        String examples = forms(guestOs).stream().map(NameForm::example).collect(Collectors.joining(", "));
        String hint = elsewhere.isEmpty() ? "" : "; elsewhere it is " + list(elsewhere);
        throw Problem.invalidField("vdev", name, "a disk of a guest, like " + examples + hint)
                .toException();
    }

    private static String list(Map<GuestOs, VirtualDevice> readings) {
        return readings.entrySet().stream()
                .map(entry ->
                        entry.getValue().number() + " (" + entry.getValue().name(GuestOs.LINUX) + ") on "
                                + entry.getKey().json())
                .collect(Collectors.joining(", "));
    }

    private static Optional<VirtualDevice> find(String name, List<NameForm> forms) {
        return forms.stream().flatMap(form -> form.read(name).stream()).findFirst();
    }

    private static List<NameForm> forms(GuestOs guestOs) {
        return Stream.concat(OWN.getOrDefault(guestOs, List.of()).stream(), XEN.stream())
                .toList();
    }
}
