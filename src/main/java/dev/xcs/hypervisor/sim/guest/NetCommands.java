package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.Addresses;
import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Subnet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The shell's commands that show and set the network. */
final class NetCommands {
    static final String IP_USAGE = "ip addr [add|del ADDRESS/PREFIX dev NAME], ip link [set NAME up|down], "
            + "ip route [add default|SUBNET via ADDRESS], ip neigh";
    static final String IFCONFIG_USAGE = "ifconfig [NAME [ADDRESS[/PREFIX] [netmask MASK]] [up|down]]";

    private NetCommands() {}

    static @Nullable Program ip(Guest guest, List<String> args) {
        String object = args.isEmpty() ? "" : args.get(0);
        String verb = args.size() < 2 ? "show" : args.get(1);
        if (object.startsWith("a") && !verb.startsWith("s") && args.size() == 5) {
            return address(guest, verb, args.get(2), args.get(4));
        }
        if (object.startsWith("l") && verb.equals("set") && args.size() == 4) {
            return link(guest, args.get(2), args.get(3));
        }
        if (object.startsWith("r")
                && verb.equals("add")
                && args.size() == 5
                && args.get(3).equals("via")) {
            return route(guest, args.get(2), args.get(4));
        }
        if (!verb.startsWith("s")) {
            return print(guest, "usage: " + IP_USAGE + "\n");
        }
        return switch (object.isEmpty() ? ' ' : object.charAt(0)) {
            case 'a', 'l' -> print(guest, show(guest, object.startsWith("a")));
            case 'r' -> print(guest, guest.networks().host().printRoutes());
            case 'n' -> print(guest, guest.networks().host().printNeighbours());
            default -> print(guest, "usage: " + IP_USAGE + "\n");
        };
    }

    private static String show(Guest guest, boolean withAddresses) {
        StringBuilder text = new StringBuilder();
        int number = 1;
        for (NetFront nic : guest.networks().byName().values()) {
            NetFacts facts = guest.networks().facts(nic);
            String state = facts.up() ? "UP" : "DOWN";
            text.append(++number).append(": ").append(facts.name()).append(": <BROADCAST,MULTICAST,");
            text.append(state)
                    .append("> mtu ")
                    .append(facts.mtu())
                    .append(" state ")
                    .append(state);
            text.append("\n    link/ether ").append(facts.mac()).append(" brd ff:ff:ff:ff:ff:ff\n");
            if (withAddresses) {
                facts.addresses()
                        .forEach(address -> text.append(address.ip().isV4() ? "    inet " : "    inet6 ")
                                .append(address)
                                .append(Addresses.isLinkLocal(address.ip()) ? " scope link\n" : " scope global\n"));
            }
        }
        return text.toString();
    }

    private static @Nullable Program address(Guest guest, String verb, String text, String name) {
        Optional<NetFront> nic = find(guest, "ip", name);
        Optional<HostAddress> address = HostAddress.parse(text);
        if (nic.isEmpty()) {
            return null;
        }
        if (address.isEmpty()) {
            return print(guest, "ip: " + text + ": expected ADDRESS/PREFIX\n");
        }
        if (verb.startsWith("d")) {
            guest.networks().host().remove(nic.get(), address.get());
        } else {
            guest.networks().set(nic.get(), address.get(), null);
        }
        return null;
    }

    private static @Nullable Program link(Guest guest, String name, String state) {
        if (!state.matches("up|down")) {
            return print(guest, "usage: " + IP_USAGE + "\n");
        }
        find(guest, "ip", name).ifPresent(nic -> nic.up(state.equals("up")));
        return null;
    }

    private static @Nullable Program route(Guest guest, String target, String router) {
        Optional<IpAddress> via = Arguments.address(router);
        Optional<Subnet> subnet = target.equals("default")
                ? via.map(address -> new Subnet(Addresses.any(address.isV4()), 0))
                : HostAddress.parse(target).map(HostAddress::subnet);
        IpHost host = guest.networks().host();
        if (via.isEmpty() || subnet.isEmpty() || host.nicTo(via.get()).isEmpty()) {
            return print(guest, "ip: Nexthop has invalid gateway: " + router + "\n");
        }
        host.route(subnet.get(), via.get(), host.nicTo(via.get()).get());
        return null;
    }

    static @Nullable Program ifconfig(Guest guest, List<String> args) {
        if (args.isEmpty()) {
            StringBuilder text = new StringBuilder();
            guest.networks()
                    .byName()
                    .values()
                    .forEach(nic -> text.append(
                                    guest.flavour().ifconfig(guest.networks().facts(nic)))
                            .append('\n'));
            return print(guest, text.toString());
        }
        Optional<NetFront> nic = find(guest, "ifconfig", args.get(0));
        if (nic.isEmpty()) {
            return null;
        }
        if (args.size() == 1) {
            return print(guest, guest.flavour().ifconfig(guest.networks().facts(nic.get())));
        }
        return configure(guest, nic.get(), args.subList(1, args.size()));
    }

    private static @Nullable Program configure(Guest guest, NetFront nic, List<String> args) {
        String last = args.get(args.size() - 1);
        if (last.matches("up|down")) {
            nic.up(last.equals("up"));
        }
        List<String> words = last.matches("up|down") ? args.subList(0, args.size() - 1) : args;
        if (words.isEmpty()) {
            return null;
        }
        Optional<HostAddress> address = words.size() == 3 && words.get(1).equals("netmask")
                ? masked(words.get(0), words.get(2))
                : words.size() == 1 ? classful(words.get(0)) : Optional.empty();
        if (address.isEmpty()) {
            return print(guest, "usage: " + IFCONFIG_USAGE + "\n");
        }
        for (HostAddress old : guest.networks().host().addresses(nic)) {
            if (old.ip().isV4() && address.get().ip().isV4()) {
                guest.networks().host().remove(nic, old);
            }
        }
        guest.networks().set(nic, address.get(), null);
        return null;
    }

    private static Optional<HostAddress> masked(String address, String mask) {
        return Arguments.address(mask).filter(IpAddress::isV4).flatMap(bits -> {
            int prefix = 0;
            for (byte octet : bits.bytes()) {
                prefix += Integer.bitCount(octet & 0xff);
            }
            return HostAddress.parse(address + "/" + prefix);
        });
    }

    /** Without a prefix an address of IPv4 has that of its class. */
    private static Optional<HostAddress> classful(String text) {
        return HostAddress.parse(text).map(address -> {
            int first = address.ip().bytes()[0] & 0xff;
            int prefix = first < 128 ? 8 : first < 192 ? 16 : 24;
            boolean bare = !text.contains("/") && address.ip().isV4();
            return bare ? new HostAddress(address.ip(), prefix) : address;
        });
    }

    static @Nullable Program netstat(Guest guest, List<String> args) {
        if (args.equals(List.of("-r")) || args.equals(List.of("-rn"))) {
            return print(guest, guest.networks().host().printRoutes());
        }
        if (!args.equals(List.of("-i"))) {
            return print(guest, "usage: netstat -i | -r\n");
        }
        StringBuilder text = new StringBuilder(String.format(
                "%-8s %5s %10s %12s %8s %10s %12s %8s\n",
                "Iface", "MTU", "RX-OK", "RX-BYTES", "RX-DRP", "TX-OK", "TX-BYTES", "TX-DRP"));
        guest.networks().byName().forEach((name, nic) -> {
            NetCounters counters = nic.counters();
            text.append(String.format(
                    Locale.ROOT,
                    "%-8s %5d %10d %12d %8d %10d %12d %8d\n",
                    name,
                    nic.mtu(),
                    counters.receivedPackets(),
                    counters.receivedBytes(),
                    counters.receiveDrops(),
                    counters.sentPackets(),
                    counters.sentBytes(),
                    counters.sendDrops()));
        });
        return print(guest, text.toString());
    }

    /** The interface of a name; where there is none that is said. */
    static Optional<NetFront> find(Guest guest, String command, String name) {
        Optional<NetFront> nic = Optional.ofNullable(guest.networks().byName().get(name));
        if (nic.isEmpty()) {
            guest.terminal().print(command + ": " + name + ": No such device\n");
        }
        return nic;
    }

    static @Nullable Program print(Guest guest, String text) {
        guest.terminal().print(text);
        return null;
    }
}
