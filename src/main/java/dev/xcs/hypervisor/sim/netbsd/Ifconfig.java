package dev.xcs.hypervisor.sim.netbsd;

import dev.xcs.hypervisor.sim.net.Addresses;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.ProblemException;
import dev.xcs.model.VifStatistics;

/** The program ifconfig(8). */
final class Ifconfig {
    private static final String GONE = "Device not configured";
    private static final int SHORTEST_MTU = 68;
    private static final int LONGEST_MTU = 9000;
    private static final int LAST_VLAN = 4094;

    private final NetbsdKernel kernel;

    Ifconfig(NetbsdKernel kernel) {
        this.kernel = kernel;
    }

    String run(Arguments words) {
        if (words.skip("-a")) {
            words.require("-v");
            words.end();
            StringBuilder text = new StringBuilder();
            kernel.all().forEach(link -> print(link, text));
            return text.toString();
        }
        String name = words.next();
        if (words.skip("create")) {
            create(name);
        } else {
            Link link = kernel.find(name)
                    .orElseThrow(() -> new ProgramFailure("ifconfig: SIOCGIFFLAGS " + name + ": " + GONE));
            change(link, words);
        }
        words.end();
        return "";
    }

    private void create(String name) {
        if (kernel.find(name).isPresent()) {
            throw new ProgramFailure("ifconfig: clone_command: SIOCIFCREATE: File exists");
        }
        if (kernel.create(name) == null) {
            throw new ProgramFailure("ifconfig: clone_command: SIOCIFCREATE: Invalid argument");
        }
    }

    private void change(Link link, Arguments words) {
        String what = words.next();
        switch (what) {
            case "up" -> kernel.up(link, true);
            case "down" -> kernel.up(link, false);
            case "mtu" -> mtu(link, words.number());
            case "link" -> {
                link.mac(mac(words.next()));
                words.require("active");
            }
            case "inet", "inet6" -> address(link, what.equals("inet"), words);
            case "vlan" -> vlan(link, words);
            case "destroy" -> {
                if (!kernel.isCloned(link)) {
                    throw new ProgramFailure("ifconfig: clone_command: SIOCIFDESTROY: Invalid argument");
                }
                kernel.detach(link);
            }
            default -> throw new ProgramFailure("ifconfig: " + what + ": bad value");
        }
    }

    private static void mtu(Link link, int bytes) {
        if (bytes < SHORTEST_MTU || bytes > LONGEST_MTU) {
            throw new ProgramFailure("ifconfig: SIOCSIFMTU: Invalid argument");
        }
        link.mtu(bytes);
    }

    static HardwareAddress mac(String text) {
        try {
            return HardwareAddress.of(new MacAddress(text));
        } catch (ProblemException e) {
            throw new ProgramFailure(text + ": bad value");
        }
    }

    private void address(Link link, boolean v4, Arguments words) {
        String[] parts = words.next().split("/", 2);
        if (link.members() != null) {
            throw new ProgramFailure("ifconfig: SIOCAIFADDR: Inappropriate ioctl for device");
        }
        IpAddress ip = ip(parts[0]);
        if (ip.isV4() != v4) {
            throw new ProgramFailure("ifconfig: " + ip + ": bad value");
        }
        if (words.skip("-alias")) {
            HostAddress own = kernel.host().addresses(link).stream()
                    .filter(address -> address.ip().equals(ip))
                    .findFirst()
                    .orElseThrow(() -> new ProgramFailure("ifconfig: SIOCDIFADDR: Can't assign requested address"));
            kernel.host().remove(link, own);
            return;
        }
        words.require("alias");
        kernel.host().add(link, new HostAddress(ip, Integer.parseInt(parts[1])));
        kernel.up(link, true);
    }

    static IpAddress ip(String text) {
        try {
            return IpAddress.parse(text);
        } catch (ProblemException e) {
            throw new ProgramFailure(text + ": bad value");
        }
    }

    private void vlan(Link link, Arguments words) {
        int number = words.number();
        words.require("vlanif");
        String parent = words.next();
        if (!kernel.isVlan(link) || number < 1 || number > LAST_VLAN) {
            throw new ProgramFailure("ifconfig: SIOCSETVLAN: Invalid argument");
        }
        kernel.tag(
                link,
                number,
                kernel.find(parent).orElseThrow(() -> new ProgramFailure("ifconfig: SIOCSETVLAN: " + GONE)));
    }

    private void print(Link link, StringBuilder text) {
        text.append(link.name()).append(": flags=0x").append(link.isUp() ? "8843<UP," : "8802<");
        text.append("BROADCAST,").append(link.isUp() ? "RUNNING," : "").append("SIMPLEX,MULTICAST> mtu ");
        text.append(link.mtu()).append('\n');
        if (!link.mac().equals(HardwareAddress.ZERO)) {
            text.append("\taddress: ").append(link.mac()).append('\n');
        }
        VifStatistics guest = link.statistics();
        counters(
                text,
                "input",
                guest.transmittedPackets(),
                guest.transmittedBytes(),
                guest.transmitErrors(),
                guest.transmitDrops());
        counters(
                text,
                "output",
                guest.receivedPackets(),
                guest.receivedBytes(),
                guest.receiveErrors(),
                guest.receiveDrops());
        for (HostAddress address : kernel.host().addresses(link)) {
            IpAddress ip = address.ip();
            String scope = Addresses.isLinkLocal(ip) ? "%" + link.name() : "";
            text.append(ip.isV4() ? "\tinet " : "\tinet6 ").append(ip).append(scope);
            text.append('/').append(address.prefix()).append(" flags 0\n");
        }
    }

    private static void counters(StringBuilder text, String way, long packets, long bytes, long errors, long drops) {
        text.append('\t').append(way).append(": ").append(packets).append(packets == 1 ? " packet, " : " packets, ");
        text.append(bytes).append(bytes == 1 ? " byte" : " bytes");
        if (errors > 0) {
            text.append(", ").append(errors).append(errors == 1 ? " error" : " errors");
        }
        if (drops > 0) {
            text.append(", ").append(drops).append(drops == 1 ? " queue drop" : " queue drops");
        }
        text.append('\n');
    }
}
