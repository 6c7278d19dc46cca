package dev.xcs.config;

import dev.xcs.config.DaemonConfig.BuilderPlace;
import dev.xcs.config.DaemonConfig.HypervisorKind;
import dev.xcs.config.DaemonConfig.LogLevel;
import dev.xcs.model.Dom0System;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Every key there is, in the order of conf/xcsd.toml, which is the manual; those of networks are {@link NetworkKeys}. */
public final class Keys {
    static final Key<HypervisorKind> HYPERVISOR =
            new Key<>("hypervisor", "What to control.", Kind.choice(HypervisorKind.class), "auto");
    static final Key<Path> STATE_DIR =
            new Key<>("state-dir", "Where the daemon keeps what it must not forget.", Kind.directory(), "/var/lib/xcs");

    static final Key<LogLevel> LOG_LEVEL =
            new Key<>("log.level", "How much is told on standard error.", Kind.choice(LogLevel.class), "info");

    static final Key<String> API_HOST =
            new Key<>("api.host", "Where the API listens.", Kind.loopbackHost(), "127.0.0.1");
    static final Key<Integer> API_PORT = new Key<>("api.port", "Port of the API.", Kind.port(), "8080");
    static final Key<List<String>> API_ALLOWED_HOSTS =
            new Key<>("api.allowed-hosts", "Names it may be addressed by, besides loopback's.", Kind.hostNames(), "");
    static final Key<Long> API_MAX_BODY =
            new Key<>("api.max-body-size", "Longer request bodies are refused.", Kind.size("1KiB", "16MiB"), "1MiB");
    static final Key<Integer> API_MAX_VIEWERS = new Key<>(
            "api.max-console-viewers", "Websockets on one domain's console at once.", Kind.count(1, 10_000), "256");

    static final Key<String> MANAGEMENT_HOST =
            new Key<>("management.host", "Where health and metrics listen.", Kind.loopbackHost(), "127.0.0.1");
    static final Key<Integer> MANAGEMENT_PORT =
            new Key<>("management.port", "Port of health and metrics.", Kind.port(), "8081");

    static final Key<Optional<Path>> XENSTORE_SOCKET = new Key<>(
            "xenstore.socket",
            "The socket of xenstored; empty: where Xen's own tools look.",
            Kind.optionalPath("FILE", "the path of a unix socket, or nothing"),
            "");
    static final Key<Integer> XENSTORE_MAX_IN_FLIGHT =
            new Key<>("xenstore.max-in-flight", "Requests sent before a reply is awaited.", Kind.count(1, 1024), "64");

    static final Key<Long> CONSOLE_HISTORY = new Key<>(
            "console.history-size", "What is kept of each guest's output.", Kind.size("64KiB", "64GiB"), "8MiB");
    static final Key<Long> CONSOLE_TOTAL = new Key<>(
            "console.total-size", "What is kept of all guests' output.", Kind.size("1MiB", "1024GiB"), "1GiB");
    static final Key<Long> CONSOLE_MIN_FREE = new Key<>(
            "console.min-free", "Nothing is kept while the disk has less.", Kind.size("0", "1024GiB"), "256MiB");
    static final Key<Long> CONSOLE_INPUT = new Key<>(
            "console.input-size", "What may wait for a guest that does not read.", Kind.size("1KiB", "1MiB"), "16KiB");
    static final Key<Duration> CONSOLE_LEASE_IDLE = new Key<>(
            "console.lease-idle", "A write lease not used so long is taken back.", Kind.duration("1s", "24h"), "10m");
    static final Key<Duration> CONSOLE_VIEW_IDLE = new Key<>(
            "console.view-idle",
            "Who looks and does nothing so long is sent away.",
            Kind.duration("1s", "8760h"),
            "8h");

    private static final String LINUX_BANNER = "Linux version ";
    private static final String BSD_BANNER = "^(NetBSD|FreeBSD|OpenBSD) [0-9]+\\.|Copyright \\(c\\).*(NetBSD|FreeBSD)";
    private static final String PROMPT = "login: ?$|[#$%>] ?$";
    static final Key<String> CONSOLE_LINUX_BANNER =
            new Key<>("console.linux-banner", "How a Linux kernel's first line looks.", Kind.pattern(), LINUX_BANNER);
    static final Key<String> CONSOLE_LINUX_PROMPT = new Key<>(
            "console.linux-prompt", "How the prompt of a Linux guest looks.", Kind.pattern(), "login: ?$|[#$] ?$");
    static final Key<String> CONSOLE_NETBSD_BANNER =
            new Key<>("console.netbsd-banner", "How a NetBSD kernel's first lines look.", Kind.pattern(), BSD_BANNER);
    static final Key<String> CONSOLE_NETBSD_PROMPT = new Key<>(
            "console.netbsd-prompt", "How the prompt of a NetBSD guest looks.", Kind.pattern(), "login: ?$|[#$] ?$");
    static final Key<String> CONSOLE_OTHER_BANNER = new Key<>(
            "console.other-banner",
            "How any other kernel's first lines look.",
            Kind.pattern(),
            LINUX_BANNER + "|" + BSD_BANNER + "|GNU GRUB|Mini-OS|Xen Minimal OS");
    static final Key<String> CONSOLE_OTHER_PROMPT =
            new Key<>("console.other-prompt", "How the prompt of any other guest looks.", Kind.pattern(), PROMPT);

    static final Key<Integer> DOMAIN_MAX_RESTARTS =
            new Key<>("domain.max-restarts", "Restarts allowed within the restart window.", Kind.count(0, 1000), "5");
    static final Key<Duration> DOMAIN_RESTART_WINDOW =
            new Key<>("domain.restart-window", "Over which restarts are counted.", Kind.duration("1s", "24h"), "1m");
    static final Key<Integer> DOMAIN_MAX_BUILDS =
            new Key<>("domain.max-parallel-builds", "Guests built at once, about 50 MB each.", Kind.count(1, 16), "2");
    static final Key<BuilderPlace> DOMAIN_BUILDER = new Key<>(
            "domain.builder", "Where guests are built on real Xen.", Kind.choice(BuilderPlace.class), "process");
    static final Key<Duration> DOMAIN_RECONCILE = new Key<>(
            "domain.reconcile-every", "How often the view is compared with Xen.", Kind.duration("100ms", "1h"), "5s");
    static final Key<Path> DOMAIN_PVGRUB_PV = new Key<>(
            "domain.pvgrub-pv",
            "GRUB's image for PV guests, which boots them from their own disks.",
            Kind.file(),
            "/usr/lib/grub-xen/grub-x86_64-xen.bin");
    static final Key<Path> DOMAIN_PVGRUB_PVH = new Key<>(
            "domain.pvgrub-pvh",
            "GRUB's image for PVH guests.",
            Kind.file(),
            "/usr/lib/grub-xen/grub-i386-xen_pvh.bin");
    static final Key<Path> DOMAIN_HVMLOADER = new Key<>(
            "domain.hvmloader", "What HVM guests start with.", Kind.file(), "/usr/lib/xen-4.17/boot/hvmloader");
    static final Key<Path> DOMAIN_HVM_BIOS =
            new Key<>("domain.hvm-bios", "Their firmware, a PC's.", Kind.file(), "/usr/share/seabios/bios-256k.bin");
    static final Key<Path> DOMAIN_HVM_UEFI = new Key<>(
            "domain.hvm-uefi", "Their firmware, if they boot by UEFI.", Kind.file(), "/usr/share/ovmf/OVMF.fd");
    static final Key<Path> DOMAIN_DEVICE_MODEL =
            new Key<>("domain.device-model", "Their device model.", Kind.file(), "/usr/libexec/xen-qemu-system-i386");

    static final Key<Optional<Path>> DOMAIN_IMAGE_ROOT = new Key<>(
            "domain.image-root",
            "The only directory that kernels and ramdisks may be in; empty: any.",
            Kind.optionalPath("DIR", "the path of a directory, or nothing"),
            "");

    static final Key<Long> EVENTS_SEGMENT = new Key<>(
            "events.segment-size", "The event journal begins a new file then.", Kind.size("64KiB", "1GiB"), "8MiB");
    static final Key<Long> EVENTS_MAX =
            new Key<>("events.max-size", "What the event journal may take.", Kind.size("1MiB", "1024GiB"), "256MiB");
    static final Key<Duration> EVENTS_MAX_AGE =
            new Key<>("events.max-age", "Older events are dropped.", Kind.duration("1m", "87600h"), "168h");

    static final Key<Optional<Path>> KERNEL_CACHE_DIRECTORY = new Key<>(
            "kernel-cache.directory",
            "Where unpacked kernels are kept; empty: kernels in the state directory.",
            Kind.optionalPath("DIR", "the path of a directory, or nothing"),
            "");
    static final Key<Long> KERNEL_CACHE_MAX = new Key<>(
            "kernel-cache.max-size", "What they may take; 0 keeps none.", Kind.size("0", "1024GiB"), "512MiB");

    static final Key<Optional<Path>> BLOCK_IMAGE_ROOT = new Key<>(
            "block.image-root",
            "The only directory that files for disks may be in; empty: any.",
            Kind.optionalPath("DIR", "the path of a directory, or nothing"),
            "");
    static final Key<Optional<Path>> BLOCK_SCRIPT_DIRECTORY = new Key<>(
            "block.script-directory",
            "The only directory that hotplug scripts of disks and vifs are run from; empty: where Xen's tools have"
                    + " them, on Linux /etc/xen/scripts.",
            Kind.optionalPath("DIR", "the path of a directory, or nothing"),
            "");
    static final Key<Path> BLOCK_QEMU_NBD =
            new Key<>("block.qemu-nbd", "What serves images that are not raw.", Kind.file(), "/usr/bin/qemu-nbd");
    static final Key<Path> BLOCK_QEMU_IMG =
            new Key<>("block.qemu-img", "What reads such images.", Kind.file(), "/usr/bin/qemu-img");

    static final Key<Path> NETWORK_DNSMASQ = new Key<>(
            "network.dnsmasq", "What serves addresses and names to NAT networks.", Kind.file(), "/usr/sbin/dnsmasq");
    static final Key<Path> NETWORK_RUN_DIRECTORY = new Key<>(
            "network.run-directory",
            "What dnsmasq reads is below it, for everybody to read.",
            Kind.directory(),
            "/run/xcs/networks");
    static final Key<Optional<String>> NETWORK_DEFAULT = new Key<>(
            "network.default-network",
            "The network of vifs that name neither network nor bridge; empty: the bridge xenbr0, on NetBSD bridge0.",
            NetworkKeys.NAME.orNothing(),
            "");

    static final Key<Dom0System> SIM_DOM0 =
            new Key<>("sim.dom0", "What dom0 of the simulated host runs.", Kind.choice(Dom0System.class), "linux");

    private static final List<Key<?>> ALL = List.of(
            HYPERVISOR,
            STATE_DIR,
            LOG_LEVEL,
            API_HOST,
            API_PORT,
            API_ALLOWED_HOSTS,
            API_MAX_BODY,
            API_MAX_VIEWERS,
            MANAGEMENT_HOST,
            MANAGEMENT_PORT,
            XENSTORE_SOCKET,
            XENSTORE_MAX_IN_FLIGHT,
            CONSOLE_HISTORY,
            CONSOLE_TOTAL,
            CONSOLE_MIN_FREE,
            CONSOLE_INPUT,
            CONSOLE_LEASE_IDLE,
            CONSOLE_VIEW_IDLE,
            CONSOLE_LINUX_BANNER,
            CONSOLE_LINUX_PROMPT,
            CONSOLE_NETBSD_BANNER,
            CONSOLE_NETBSD_PROMPT,
            CONSOLE_OTHER_BANNER,
            CONSOLE_OTHER_PROMPT,
            DOMAIN_MAX_RESTARTS,
            DOMAIN_RESTART_WINDOW,
            DOMAIN_MAX_BUILDS,
            DOMAIN_BUILDER,
            DOMAIN_RECONCILE,
            DOMAIN_IMAGE_ROOT,
            DOMAIN_PVGRUB_PV,
            DOMAIN_PVGRUB_PVH,
            DOMAIN_HVMLOADER,
            DOMAIN_HVM_BIOS,
            DOMAIN_HVM_UEFI,
            DOMAIN_DEVICE_MODEL,
            EVENTS_SEGMENT,
            EVENTS_MAX,
            EVENTS_MAX_AGE,
            KERNEL_CACHE_DIRECTORY,
            KERNEL_CACHE_MAX,
            BLOCK_IMAGE_ROOT,
            BLOCK_SCRIPT_DIRECTORY,
            BLOCK_QEMU_NBD,
            BLOCK_QEMU_IMG,
            NETWORK_DNSMASQ,
            NETWORK_RUN_DIRECTORY,
            NETWORK_DEFAULT,
            SIM_DOM0);

    private Keys() {}

    public static List<Key<?>> all() {
        return ALL;
    }

    static Optional<Key<?>> find(String path) {
        return ALL.stream()
                .<Key<?>>map(key -> key)
                .filter(key -> key.path().equals(path))
                .findFirst()
                .or(() -> NetworkKeys.find(path));
    }
}
