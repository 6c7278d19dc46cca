package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.GuestOs;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** A small Debian-like Linux with a 6.1 kernel. */
final class LinuxFlavour implements Flavour {
    private static final String RELEASE = "6.1.0-sim-amd64";
    private static final String VERSION = "#1 SMP PREEMPT_DYNAMIC Simulated 6.1.0-1 (2026-01-01)";

    @Override
    public List<BootLine> boot(Facts facts) {
        long kib = facts.memoryKib();
        String lastByte = String.format("%016x", kib * 1024 - 1);
        String kernel = "Linux version " + RELEASE + " (builder@sim) (gcc 12.2.0, GNU ld 2.40) " + VERSION;
        List<BootLine> lines = new ArrayList<>();
        lines.add(new BootLine(0, kernel));
        lines.add(new BootLine(0, "Command line: " + facts.cmdline()));
        lines.add(new BootLine(0, "xcs: this kernel is simulated, nothing of it is real"));
        lines.add(new BootLine(0, "signal: max sigframe size: 1776"));
        lines.add(new BootLine(0, "BIOS-provided physical RAM map:"));
        lines.add(new BootLine(0, "Xen: [mem 0x0000000000000000-0x" + lastByte + "] usable"));
        lines.add(new BootLine(0, "Hypervisor detected: Xen " + facts.domainType()));
        lines.add(new BootLine(0.012, "tsc: Detected 2400.000 MHz processor"));
        lines.add(new BootLine(0.031, "Booting kernel on Xen"));
        lines.add(new BootLine(0.031, "Xen version: 4.17.7"));
        lines.add(new BootLine(0.044, "Kernel command line: " + facts.cmdline()));
        lines.add(new BootLine(
                0.061, "Memory: " + (kib - kib / 9) + "K/" + kib + "K available (14336K kernel code, 2331K rwdata)"));
        lines.add(new BootLine(0.083, "xen:events: Using 2-level ABI"));
        lines.add(new BootLine(0.084, "Console: colour dummy device 80x25"));
        lines.add(new BootLine(0.085, "printk: console [tty0] enabled"));
        lines.add(new BootLine(0.086, "printk: console [hvc0] enabled"));
        lines.add(new BootLine(0.102, "clocksource: xen: mask: 0xffffffffffffffff max_cycles: 0x1cd42e4dffb"));
        lines.add(new BootLine(0.140, "smp: Bringing up secondary CPUs ..."));
        lines.add(new BootLine(0.171, "smp: Brought up 1 node, " + count(facts.vcpus(), "CPU"), BootLine.Stage.CPUS));
        lines.add(new BootLine(0.204, "NET: Registered PF_NETLINK/PF_ROUTE protocol family"));
        lines.add(new BootLine(0.222, "xen:balloon: Initialising balloon driver"));
        lines.add(new BootLine(0.226, "xen:grant_table: Grant tables using version 1 layout"));
        lines.add(new BootLine(0.301, "xenbus: connected to xenstore", BootLine.Stage.XENBUS));
        lines.add(new BootLine(0.312, "xen_netfront: Initialising Xen virtual ethernet driver"));
        lines.add(new BootLine(0.345, "Freeing unused kernel image (initmem) memory: 2748K"));
        lines.add(new BootLine(0.347, "Run /init as init process"));
        return lines;
    }

    private static String count(int n, String thing) {
        return n + " " + thing + (n == 1 ? "" : "s");
    }

    @Override
    public String kernelLine(double seconds, String text) {
        return String.format(Locale.ROOT, "[%12.6f] %s", seconds, text);
    }

    @Override
    public String panic(Facts facts) {
        return """
                sysrq: Trigger a crash
                Kernel panic - not syncing: sysrq triggered crash
                CPU: 0 PID: 1 Comm: sh Not tainted %s %s
                Call Trace:
                 <TASK>
                 panic+0x118/0x2ed
                 sysrq_handle_crash+0x16/0x20
                 </TASK>
                Kernel Offset: disabled""".formatted(RELEASE, VERSION);
    }

    @Override
    public String login(Facts facts) {
        return "\nDebian GNU/Linux 12 (simulated) " + facts.hostname() + " hvc0\n\n" + facts.hostname()
                + " login: root (automatic login)\n\n";
    }

    @Override
    public String prompt(Facts facts) {
        return "root@" + facts.hostname() + ":~# ";
    }

    @Override
    public String uname(Facts facts, boolean all) {
        return all ? "Linux " + facts.hostname() + " " + RELEASE + " " + VERSION + " x86_64 GNU/Linux" : "Linux";
    }

    @Override
    public SortedMap<String, String> files(Facts facts) {
        SortedMap<String, String> files = new TreeMap<>();
        files.put("/etc/hostname", facts.hostname() + "\n");
        files.put("/etc/motd", "This guest is simulated. Type help to see what it can do.\n");
        files.put("/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (simulated)\"\nID=debian\nVERSION_ID=\"12\"\n");
        files.put("/proc/cmdline", facts.cmdline() + "\n");
        files.put("/proc/cpuinfo", cpus(facts.vcpus()));
        files.put("/proc/meminfo", memory(facts.memoryKib()));
        files.put(
                "/proc/uptime",
                String.format(Locale.ROOT, "%.2f %.2f\n", facts.uptimeSeconds(), facts.uptimeSeconds()));
        files.put("/proc/version", "Linux version " + RELEASE + " (builder@sim) " + VERSION + "\n");
        files.put("/sys/hypervisor/type", "xen\n");
        facts.disks().forEach(disk -> files.put("/dev/" + disk, ""));
        files.put("/dev/hvc0", "");
        files.put("/dev/null", "");
        return files;
    }

    private static String memory(long kib) {
        return String.format("MemTotal:     %10d kB\nMemFree:      %10d kB\n", kib, kib * 8 / 10);
    }

    private static String cpus(int vcpus) {
        StringBuilder text = new StringBuilder();
        for (int cpu = 0; cpu < vcpus; cpu++) {
            text.append("processor\t: ").append(cpu).append("\nmodel name\t: Simulated Xen vcpu\n\n");
        }
        return text.toString();
    }

    @Override
    public String processes() {
        return """
                    PID TTY          TIME CMD
                      1 ?        00:00:00 init
                      2 ?        00:00:00 [kthreadd]
                     23 ?        00:00:00 [xenbus]
                     24 ?        00:00:00 [xenwatch]
                     61 hvc0     00:00:00 sh
                """;
    }

    @Override
    public String free(Facts facts) {
        long total = facts.memoryKib() - facts.memoryKib() / 9;
        long used = total / 8;
        return String.format(
                "%22s %11s %11s\nMem: %17d %11d %11d\nSwap: %16d %11d %11d\n",
                "total", "used", "free", total, used, total - used, 0, 0, 0);
    }

    @Override
    public GuestOs os() {
        return GuestOs.LINUX;
    }

    @Override
    public List<String> diskAttached(String name, String id, long sectors, int sectorBytes, boolean flushes) {
        return List.of("blkfront: " + name + ": flush diskcache: " + (flushes ? "enabled" : "disabled")
                + "; persistent grants: disabled; indirect descriptors: disabled; bounce buffer: disabled;");
    }

    /** Linux removes a disk without a word. */
    @Override
    public List<String> diskDetached(String name) {
        return List.of();
    }

    @Override
    public String networkPrefix() {
        return "eth";
    }

    /** Linux makes an interface without a word. */
    @Override
    public List<String> networkAttached(String name, String id, String mac) {
        return List.of();
    }

    @Override
    public List<String> networkDetached(String name) {
        return List.of();
    }

    @Override
    public String ifconfig(NetFacts facts) {
        StringBuilder text = new StringBuilder(String.format(
                "%-9s Link encap:Ethernet  HWaddr %s\n",
                facts.name(), facts.mac().toString().toUpperCase(Locale.ROOT)));
        facts.addresses()
                .forEach(address -> text.append(
                        address.ip().isV4()
                                ? String.format(
                                        "          inet addr:%s  Bcast:%s  Mask:%s\n",
                                        address.ip(), address.broadcast(), address.netmask())
                                : String.format("          inet6 addr: %s\n", address)));
        text.append("          ").append(facts.up() ? "UP " : "").append("BROADCAST RUNNING MULTICAST  MTU:");
        text.append(facts.mtu()).append("  Metric:1\n");
        NetCounters counters = facts.counters();
        text.append(String.format(
                "          RX packets:%d errors:0 dropped:%d\n          TX packets:%d errors:0 dropped:%d\n",
                counters.receivedPackets(), counters.receiveDrops(), counters.sentPackets(), counters.sendDrops()));
        text.append(
                String.format("          RX bytes:%d  TX bytes:%d\n", counters.receivedBytes(), counters.sentBytes()));
        return text.toString();
    }

    @Override
    public List<String> goingDown(boolean reboot) {
        return List.of(
                "The system is going down NOW!",
                "Sent SIGTERM to all processes",
                "Requesting system " + (reboot ? "reboot" : "poweroff"),
                reboot ? "reboot: Restarting system" : "reboot: Power down");
    }
}
