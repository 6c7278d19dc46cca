package dev.xcs.hypervisor.sim.netbsd;

import dev.xcs.hypervisor.sim.net.Addresses;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Subnet;
import java.util.HashMap;
import java.util.Map;

/** The programs route(8), arp(8), ndp(8) and sysctl(8). */
final class RouteProgram {
    private static final String FORWARDING = "net.inet.ip.forwarding";

    private final NetbsdKernel kernel;
    private final Map<IpAddress, Link> hosts = new HashMap<>();

    RouteProgram(NetbsdKernel kernel) {
        this.kernel = kernel;
    }

    String route(Arguments words) {
        words.require("-n");
        String command = words.next();
        if (command.equals("get")) {
            words.require("default");
            return kernel.host()
                    .nicTo(Addresses.ANY_V4)
                    .map(nic -> "   route to: default\ndestination: default\n  interface: " + nic.name() + "\n")
                    .orElseThrow(() -> new ProgramFailure("route: writing to routing socket: not in table"));
        }
        words.require("-host");
        IpAddress ip = Ifconfig.ip(words.next());
        hosts.values().removeIf(link -> kernel.find(link.name()).isEmpty());
        return command.equals("add") ? add(ip, words) : delete(command, ip);
    }

    private String add(IpAddress ip, Arguments words) {
        words.require("-interface");
        IpAddress own = Ifconfig.ip(words.next());
        words.require("-ifp");
        String name = words.next();
        Link link = kernel.find(name).orElseThrow(() -> new ProgramFailure("route: " + name + ": bad value"));
        if (kernel.host().addresses(link).stream()
                .noneMatch(address -> address.ip().equals(own))) {
            throw new ProgramFailure("add host " + ip + ": gateway " + own + ": Network is unreachable");
        }
        if (hosts.putIfAbsent(ip, link) != null) {
            throw new ProgramFailure("add host " + ip + ": gateway " + own + ": File exists");
        }
        kernel.host().route(Subnet.host(ip), null, link);
        return "add host " + ip + ": gateway " + own + "\n";
    }

    private String delete(String command, IpAddress ip) {
        Link link = hosts.remove(ip);
        if (!command.equals("delete") || link == null) {
            throw new ProgramFailure("route: writing to routing socket: not in table");
        }
        kernel.host().unroute(Subnet.host(ip), link);
        return "delete host " + ip + "\n";
    }

    String arp(Arguments words) {
        String option = words.next();
        IpAddress ip = Ifconfig.ip(words.next());
        if (option.equals("-s")) {
            var mac = Ifconfig.mac(words.next());
            words.require("pub");
            words.end();
            Link link = kernel.host()
                    .nicTo(ip)
                    .flatMap(nic -> kernel.find(nic.name()))
                    .filter(nic -> kernel.host().addresses(nic).stream()
                            .anyMatch(address -> address.subnet().contains(ip)))
                    .orElseThrow(() -> new ProgramFailure("arp: cannot intuit interface index and type for " + ip));
            kernel.npf().published(link).put(ip, mac);
            return "";
        }
        words.end();
        boolean known = kernel.npf().publishing().stream()
                .anyMatch(nic -> kernel.npf().published(nic).remove(ip) != null);
        if (!option.equals("-d") || !known) {
            throw new ProgramFailure("arp: delete " + ip + ": No such file or directory");
        }
        return "";
    }

    String ndp(Arguments words) {
        words.require("-i");
        String name = words.next();
        words.require("ifdisabled");
        words.end();
        kernel.disableIpv6(kernel.find(name)
                .orElseThrow(() -> new ProgramFailure("ndp: ioctl(SIOCSIFINFO_FLAGS): Device not configured")));
        return "";
    }

    String sysctl(Arguments words) {
        if (words.skip("-n")) {
            words.require(FORWARDING);
            return (kernel.npf().isForwarding() ? 1 : 0) + "\n";
        }
        words.require("-w");
        boolean on = words.skip(FORWARDING + "=1");
        if (!on) {
            words.require(FORWARDING + "=0");
        }
        kernel.npf().forwarding(on);
        return FORWARDING + ": " + (on ? "0 -> 1" : "1 -> 0") + "\n";
    }
}
