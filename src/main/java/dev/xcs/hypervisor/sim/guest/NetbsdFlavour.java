package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.GuestOs;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** A small NetBSD 10 with its XEN3_DOMU kernel, root in a memory disk. */
final class NetbsdFlavour implements Flavour {
    private static final String VERSION =
            "NetBSD 10.0 (XEN3_DOMU) #0: Thu Jan  1 00:00:00 UTC 2026  builder@sim:/usr/obj/sys/arch/amd64/compile/XEN3_DOMU";

    @Override
    public List<BootLine> boot(Facts facts) {
        long mib = facts.memoryKib() / 1024;
        List<BootLine> lines = new ArrayList<>();
        lines.add(new BootLine(
                0, "Loaded initial symtab at 0xffffffff80a4d0d0, strtab at 0xffffffff80afe4a8, # entries 30194"));
        lines.add(new BootLine(0, "Copyright (c) 1996-2026 The NetBSD Foundation, Inc.  All rights reserved."));
        lines.add(new BootLine(0, "xcs: this kernel is simulated, nothing of it is real"));
        lines.add(new BootLine(0.001, VERSION));
        lines.add(new BootLine(0.001, "total memory = " + mib + " MB"));
        lines.add(new BootLine(0.001, "avail memory = " + (mib - mib / 8) + " MB"));
        lines.add(new BootLine(0.010, "mainbus0 (root)"));
        lines.add(new BootLine(0.010, "hypervisor0 at mainbus0: Xen version 4.17.7"));
        for (int vcpu = 0; vcpu < facts.vcpus(); vcpu++) {
            lines.add(new BootLine(0.020, "vcpu" + vcpu + " at hypervisor0"));
            lines.add(new BootLine(
                    0.020, "vcpu" + vcpu + ": Simulated Xen vcpu, id 0x6f7, node 0, package " + vcpu + ", core 0"));
        }
        lines.add(new BootLine(0.050, "xenbus0 at hypervisor0: Xen Virtual Bus Interface"));
        lines.add(new BootLine(0.055, "xencons0 at hypervisor0: Xen Virtual Console Driver"));
        lines.add(new BootLine(0.060, "xencons0: console major 143, unit 0"));
        lines.add(new BootLine(0.070, "xenbus0: using event channel 1", BootLine.Stage.CPUS));
        lines.add(new BootLine(0.080, "balloon0 at xenbus0 id 0: Xen Balloon driver", BootLine.Stage.XENBUS));
        lines.add(new BootLine(0.30, "boot device: <unknown>"));
        lines.add(new BootLine(0.31, "root on md0a dumps on <none>"));
        lines.add(new BootLine(0.32, "root file system type: ffs"));
        lines.add(new BootLine(0.45, "init: copying out path `/sbin/init' 11"));
        return lines;
    }

    @Override
    public String kernelLine(double seconds, String text) {
        return String.format(Locale.ROOT, "[%13.7f] %s", 1 + seconds, text);
    }

    @Override
    public String panic(Facts facts) {
        return """
                panic: simulated crash on demand
                cpu0: Begin traceback...
                vpanic() at netbsd:vpanic+0x183
                panic() at netbsd:panic+0x3c
                sys_crash() at netbsd:sys_crash+0x1f
                cpu0: End traceback...
                rebooting...""";
    }

    @Override
    public String login(Facts facts) {
        return "\nNetBSD/amd64 (" + facts.hostname() + ") (constty)\n\nlogin: root (automatic login)\n\n";
    }

    @Override
    public String prompt(Facts facts) {
        return facts.hostname() + "# ";
    }

    @Override
    public String uname(Facts facts, boolean all) {
        return all ? "NetBSD " + facts.hostname() + " 10.0 " + VERSION + " amd64" : "NetBSD";
    }

    @Override
    public SortedMap<String, String> files(Facts facts) {
        SortedMap<String, String> files = new TreeMap<>();
        files.put("/etc/myname", facts.hostname() + "\n");
        files.put("/etc/motd", "This guest is simulated. Type help to see what it can do.\n");
        files.put("/etc/release", "NetBSD 10.0/amd64 (simulated)\n");
        files.put("/kern/version", VERSION + "\n");
        facts.disks().forEach(disk -> files.put("/dev/" + disk + "d", ""));
        files.put("/dev/console", "");
        files.put("/dev/null", "");
        return files;
    }

    @Override
    public String processes() {
        return """
                PID TTY   STAT    TIME COMMAND
                  0 ?     DKl  0:00.02 [system]
                  1 ?     Is   0:00.01 init
                 57 xencons Ss 0:00.01 -sh
                """;
    }

    @Override
    public String free(Facts facts) {
        long pages = facts.memoryKib() / 4;
        return "   " + pages + " pages managed\n   " + pages * 7 / 10 + " pages free\n   " + pages / 10
                + " pages active\n";
    }

    @Override
    public GuestOs os() {
        return GuestOs.NETBSD;
    }

    @Override
    public List<String> diskAttached(String name, String id, long sectors, int sectorBytes, boolean flushes) {
        return List.of(
                name + " at xenbus0 id " + id + ": Xen Virtual Block Device Interface",
                name + ": " + sectors / 2048 + " MB, " + sectorBytes + " bytes/sect x "
                        + sectors * 512 / Math.max(512, sectorBytes) + " sectors",
                name + ": backend features " + (flushes ? "0x2<CACHE_FLUSH>" : "0"));
    }

    @Override
    public List<String> diskDetached(String name) {
        return List.of(name + ": detached");
    }

    @Override
    public String networkPrefix() {
        return "xennet";
    }

    @Override
    public List<String> networkAttached(String name, String id, String mac) {
        return List.of(
                name + " at xenbus0 id " + id + ": Xen Virtual Network Interface", name + ": MAC address " + mac);
    }

    @Override
    public List<String> networkDetached(String name) {
        return List.of(name + ": detached");
    }

    @Override
    public String ifconfig(NetFacts facts) {
        StringBuilder text = new StringBuilder(String.format(
                "%s: flags=0x%x<%sBROADCAST,RUNNING,SIMPLEX,MULTICAST> mtu %d\n",
                facts.name(), facts.up() ? 0x8843 : 0x8842, facts.up() ? "UP," : "", facts.mtu()));
        text.append("\taddress: ").append(facts.mac()).append('\n');
        facts.addresses()
                .forEach(address -> text.append(address.ip().isV4() ? "\tinet " : "\tinet6 ")
                        .append(address)
                        .append(address.ip().isV4() ? " broadcast " + address.broadcast() : "")
                        .append(" flags 0\n"));
        return text.toString();
    }

    @Override
    public List<String> goingDown(boolean reboot) {
        return List.of(
                "Shutdown NOW!",
                "System shutdown time has arrived",
                "syncing disks... done",
                reboot ? "rebooting..." : "The operating system has halted.");
    }
}
