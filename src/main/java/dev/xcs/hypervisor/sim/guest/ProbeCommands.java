package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.IpAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The shell's commands that send something to the network. */
final class ProbeCommands {
    static final String PING_USAGE = "ping [-c COUNT] [-i SECONDS] [-s BYTES] [-W SECONDS] ADDRESS";
    static final String ARPING_USAGE = "arping [-c COUNT] [-I NAME] ADDRESS";
    static final String LOOKUP_USAGE = "nslookup NAME [SERVER]";
    static final String NC_USAGE = "nc -z ADDRESS PORT | nc -u ADDRESS PORT TEXT";
    static final String SPOOF_USAGE = "spoof "
            + Arrays.stream(Forgery.values())
                    .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining("|"))
            + " [-c COUNT] [-I NAME] [ADDRESS]: sends what it may not";

    private static final int LEAST_PING = 8;
    private static final int MOST_PING = 65000;
    private static final String DOMAIN = "(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*";

    private ProbeCommands() {}

    static @Nullable Program ping(Guest guest, List<String> args) {
        Arguments arguments = new Arguments(args, "cisW", "n");
        Optional<Integer> count = arguments.number("c", Integer.MAX_VALUE / 4);
        Optional<Integer> bytes = arguments.number("s", 56).filter(size -> size >= LEAST_PING && size <= MOST_PING);
        Optional<Long> interval = arguments.nanos("i", "1");
        Optional<Long> patience = arguments.nanos("W", "2");
        Optional<IpAddress> target = target(arguments.words());
        boolean good = count.filter(n -> n > 0).isPresent() && interval.isPresent() && patience.isPresent();
        if (!good || bytes.isEmpty() || target.isEmpty()) {
            return usage(guest, PING_USAGE);
        }
        return new PingProgram(target.get(), count.get(), bytes.get(), interval.get(), patience.get());
    }

    private static Optional<IpAddress> target(List<String> words) {
        return words.size() == 1 ? Arguments.address(words.get(0)) : Optional.empty();
    }

    static @Nullable Program arping(Guest guest, List<String> args) {
        Arguments arguments = new Arguments(args, "cI", "");
        Optional<Integer> count = arguments.number("c", 3).filter(n -> n > 0);
        Optional<IpAddress> target = target(arguments.words());
        if (count.isEmpty() || target.isEmpty()) {
            return usage(guest, ARPING_USAGE);
        }
        Optional<NetFront> nic = nic(guest, "arping", arguments.text("I"));
        return nic.isEmpty() ? null : new ArpingProgram(nic.get(), target.get(), count.get());
    }

    /** The one of that name, else the first. */
    private static Optional<NetFront> nic(Guest guest, String command, Optional<String> name) {
        String first = guest.networks().byName().keySet().stream()
                .findFirst()
                .orElse(guest.flavour().networkPrefix() + "0");
        return NetCommands.find(guest, command, name.orElse(first));
    }

    static @Nullable Program lookup(Guest guest, List<String> args) {
        boolean good = (args.size() == 1 || args.size() == 2) && args.get(0).matches(DOMAIN);
        if (!good) {
            return usage(guest, LOOKUP_USAGE);
        }
        Optional<IpAddress> server = args.size() == 2
                ? Arguments.address(args.get(1))
                : guest.networks().nameServers().stream().findFirst();
        return server.isEmpty()
                ? NetCommands.print(guest, ";; no server is known: get one by DHCP, or name it\n")
                : new LookupProgram(args.get(0).toLowerCase(Locale.ROOT), server.get());
    }

    static @Nullable Program nc(Guest guest, List<String> args) {
        Arguments arguments = new Arguments(args, "", "zu");
        List<String> words = arguments.words();
        boolean udp = arguments.has("u");
        Optional<IpAddress> target = words.size() < 2 ? Optional.empty() : Arguments.address(words.get(0));
        boolean port =
                words.size() >= 2 && words.get(1).matches("[0-9]{1,5}") && Integer.parseInt(words.get(1)) <= 65535;
        if (target.isEmpty() || !port || udp == arguments.has("z") || (udp ? words.size() < 3 : words.size() != 2)) {
            return usage(guest, NC_USAGE);
        }
        String text = udp ? String.join(" ", words.subList(2, words.size())) : null;
        return new ConnectProgram(target.get(), Integer.parseInt(words.get(1)), text);
    }

    static @Nullable Program lease(Guest guest, List<String> args) {
        Arguments arguments = new Arguments(args, "i", "nq");
        Optional<String> name =
                arguments.text("i").or(() -> arguments.words().stream().findFirst());
        Optional<NetFront> nic = nic(guest, "udhcpc", name);
        return nic.isEmpty() ? null : new LeaseProgram(nic.get());
    }

    static @Nullable Program spoof(Guest guest, List<String> args) {
        Arguments arguments = new Arguments(args, "cI", "");
        List<String> words = arguments.words();
        Optional<Forgery> kind = Arrays.stream(Forgery.values())
                .filter(known ->
                        !words.isEmpty() && known.name().equals(words.get(0).toUpperCase(Locale.ROOT)))
                .findFirst();
        Optional<Integer> count = arguments.number("c", 1);
        if (kind.isEmpty() || count.isEmpty() || words.size() > 2) {
            return usage(guest, SPOOF_USAGE);
        }
        boolean v4 = kind.get() != Forgery.IP6 && kind.get() != Forgery.ND;
        Optional<IpAddress> victim = words.size() < 2
                ? Optional.of(v4 ? Forgery.VICTIM : Forgery.VICTIM6)
                : Arguments.address(words.get(1)).filter(address -> address.isV4() == v4);
        Optional<NetFront> found = nic(guest, "spoof", arguments.text("I"));
        if (victim.isEmpty() || found.isEmpty()) {
            return victim.isEmpty() ? usage(guest, SPOOF_USAGE) : null;
        }
        NetFront nic = found.get();
        byte[] frame = kind.get().frame(nic, guest.networks().host().addresses(nic), victim.get());
        for (int i = 0; i < count.get(); i++) {
            nic.transmit(frame);
        }
        return NetCommands.print(guest, "spoof: sent " + count.get() + " frames\n");
    }

    private static @Nullable Program usage(Guest guest, String usage) {
        return NetCommands.print(guest, "usage: " + usage + "\n");
    }
}
