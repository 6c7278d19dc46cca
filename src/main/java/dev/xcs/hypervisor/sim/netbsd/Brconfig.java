package dev.xcs.hypervisor.sim.netbsd;

import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.hypervisor.sim.net.MemberBridge;

/** The program brconfig(8), with what the kernel says of what it asks (bridge_ioctl_add and its like of sys/net/if_bridge.c). */
final class Brconfig {
    private final NetbsdKernel kernel;

    Brconfig(NetbsdKernel kernel) {
        this.kernel = kernel;
    }

    String run(Arguments words) {
        if (words.skip("-a")) {
            words.end();
            StringBuilder text = new StringBuilder();
            kernel.all().forEach(link -> print(link, text));
            return text.toString();
        }
        String name = words.next();
        Link bridge = kernel.find(name).orElse(null);
        MemberBridge members = bridge == null ? null : bridge.members();
        if (bridge == null || members == null) {
            throw new ProgramFailure(
                    bridge == null
                            ? "brconfig: unable to get interface flags: Device not configured"
                            : "brconfig: " + name + " is not a bridge");
        }
        while (!words.isEmpty()) {
            command(bridge, members, words);
        }
        return "";
    }

    private void command(Link bridge, MemberBridge members, Arguments words) {
        String what = words.next();
        switch (what) {
            case "up" -> kernel.up(bridge, true);
            case "ipf" -> members.filtering(true);
            case "add" -> add(bridge, words.next());
            case "delete" -> member(bridge, "delete", words.next()).master(null, Frame.UNTAGGED);
            case "learn" -> members.learning(member(bridge, "bridge flags", words.next()), true);
            case "-learn" -> members.learning(member(bridge, "bridge flags", words.next()), false);
            case "static" -> {
                Link member = member(bridge, "static", words.next());
                members.fix(member, Ifconfig.mac(words.next()));
            }
            case "deladdr" -> {
                HardwareAddress mac = Ifconfig.mac(words.next());
                if (!members.release(mac)) {
                    throw failure("deladdr", mac.toString(), "No such file or directory");
                }
            }
            default -> throw new ProgramFailure("brconfig: unknown command: " + what);
        }
    }

    private static ProgramFailure failure(String command, String argument, String why) {
        return new ProgramFailure("brconfig: " + command + " " + argument + ": " + why);
    }

    private void add(Link bridge, String name) {
        Link link = kernel.find(name).orElseThrow(() -> failure("add", name, "No such file or directory"));
        if (bridge.equals(link.master())) {
            throw failure("add", name, "File exists");
        }
        if (link.master() != null) {
            throw failure("add", name, "Device busy");
        }
        if (link.members() != null || link.mtu() != bridge.mtu()) {
            throw failure("add", name, "Invalid argument");
        }
        link.master(bridge, Frame.UNTAGGED);
    }

    private Link member(Link bridge, String command, String name) {
        return kernel.find(name)
                .filter(link -> bridge.equals(link.master()))
                .orElseThrow(() -> failure(command, name, "No such file or directory"));
    }

    private static void print(Link bridge, StringBuilder text) {
        MemberBridge members = bridge.members();
        if (members == null) {
            return;
        }
        text.append(bridge.name()).append(bridge.isUp() ? ": flags=41<UP,RUNNING>\n" : ": flags=0<>\n");
        text.append("\tConfiguration:\n\t\tpriority 32768 hellotime 2 fwddelay 15 maxage 20\n");
        text.append(members.isFiltering() ? "\t\tipfilter enabled flags 0x0\n" : "\t\tipfilter disabled flags 0x0\n");
        text.append("\tInterfaces:\n");
        for (Link member : members.members()) {
            text.append("\t\t").append(member.name());
            text.append(members.isLearning(member) ? " flags=3<LEARNING,DISCOVER>\n" : " flags=2<DISCOVER>\n");
            text.append("\t\t\tport ").append(member.index()).append(" priority 128\n");
        }
        text.append("\tAddress cache (max cache: 100, timeout: 1200):\n");
    }
}
