package dev.xcs.config;

import dev.xcs.model.Dom0System;
import dev.xcs.model.GuestOs;
import dev.xcs.model.NetworkSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Everything that can be configured, complete and valid. conf/xcsd.toml is the manual of every key.
 *
 * @param hypervisor which adapter to use
 * @param stateDir where the daemon keeps its token, definitions and caches
 */
public record DaemonConfig(
        HypervisorKind hypervisor,
        Path stateDir,
        LogConfig log,
        ApiConfig api,
        ManagementConfig management,
        XenstoreConfig xenstore,
        ConsoleConfig console,
        DomainConfig domain,
        PvgrubConfig pvgrub,
        HvmConfig hvm,
        EventsConfig events,
        KernelCacheConfig kernelCache,
        BlockConfig block,
        NetworkConfig network,
        SimConfig sim) {
    /** AUTO is XEN where /sys/hypervisor/type says xen, else SIM. */
    public enum HypervisorKind {
        AUTO,
        XEN,
        SIM
    }

    /** @param dom0 what the simulated host runs as dom0 */
    public record SimConfig(Dom0System dom0) {}

    /** How much the daemon tells on standard error. */
    public record LogConfig(LogLevel level) {}

    /** The levels of slf4j that make sense for a daemon. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    /**
     * @param maxBodyBytes a longer request body is refused with 413
     * @param maxConsoleViewers how many may look at one domain's console at a time
     * @param allowedHosts names, besides those of the loopback interface, under which the API may be addressed
     */
    public record ApiConfig(String host, int port, int maxBodyBytes, int maxConsoleViewers, List<String> allowedHosts) {
        public ApiConfig {
            allowedHosts = List.copyOf(allowedHosts);
        }

        public ApiConfig(String host, int port, int maxBodyBytes, int maxConsoleViewers) {
            this(host, port, maxBodyBytes, maxConsoleViewers, List.of());
        }
    }

    public record ManagementConfig(String host, int port) {}

    /**
     * @param socket path of xenstored's socket, empty to look where Xen's tools look
     */
    public record XenstoreConfig(String socket, int maxInFlight) {}

    /**
     * @param historyBytes how much of what a guest printed is kept on disk
     * @param totalBytes how much of all guests together
     * @param minFreeBytes nothing is kept while the disk has less
     * @param inputBytes how much typed input may wait for a guest that does not read
     * @param leaseIdle a write lease without typed bytes is taken back after it
     * @param viewIdle who looks and does nothing for so long is sent away
     * @param banners regular expressions: how the first line of a guest's kernel looks, by its system; that of UNKNOWN for those that are not named
     * @param prompts how the prompt of a shell or of a login looks, likewise
     */
    public record ConsoleConfig(
            long historyBytes,
            long totalBytes,
            long minFreeBytes,
            int inputBytes,
            Duration leaseIdle,
            Duration viewIdle,
            Map<GuestOs, String> banners,
            Map<GuestOs, String> prompts) {
        public ConsoleConfig {
            banners = Map.copyOf(banners);
            prompts = Map.copyOf(prompts);
        }

        public Pattern bannerOf(GuestOs os) {
            return of(banners, os);
        }

        public Pattern promptOf(GuestOs os) {
            return of(prompts, os);
        }

        private static Pattern of(Map<GuestOs, String> patterns, GuestOs os) {
            String any = patterns.getOrDefault(GuestOs.UNKNOWN, NEVER);
            return Pattern.compile(patterns.getOrDefault(os, any));
        }
    }

    private static final String NEVER = "(?!)";

    /**
     * @param maxRestarts a guest that ends more often than this within the window is not started again
     * @param maxParallelBuilds each build takes about 50 MB of memory outside the heap
     * @param builder where Xen's own builder runs; only on real Xen
     * @param imageRoot the only directory that kernels and ramdisks may be in, links followed; empty for no such limit
     */
    public record DomainConfig(
            int maxRestarts,
            Duration restartWindow,
            int maxParallelBuilds,
            BuilderPlace builder,
            Duration reconcileEvery,
            Optional<Path> imageRoot) {}

    /** Where guests are built. */
    public enum BuilderPlace {
        /** In processes of their own, whose end is not the daemon's. */
        PROCESS,
        /** In the daemon. */
        INSIDE
    }

    /**
     * Where GRUB's images for Xen are, which boot a guest from its own disk.
     *
     * @param pv for PV guests
     * @param pvh for PVH guests
     */
    public record PvgrubConfig(Path pv, Path pvh) {}

    /**
     * What HVM guests are started with.
     *
     * @param hvmloader the one of the Xen that runs
     * @param bios the firmware of a PC
     * @param uefi the firmware of guests that boot by UEFI
     * @param deviceModel QEMU with Xen's machine
     */
    public record HvmConfig(Path hvmloader, Path bios, Path uefi, Path deviceModel) {}

    /**
     * How much history of control messages is kept.
     *
     * @param segmentBytes the journal begins a new file beyond this
     * @param maxBytes the oldest files are dropped beyond this, the newest is always kept
     * @param maxAge files whose newest message is older are dropped
     */
    public record EventsConfig(long segmentBytes, long maxBytes, Duration maxAge) {}

    /**
     * @param maxBytes the least recently used kernels are dropped beyond this; 0 switches the cache off
     */
    public record KernelCacheConfig(Path directory, long maxBytes) {}

    /**
     * @param imageRoot the only directory that files for disks may be in, links followed; empty for no such limit
     * @param scriptDirectory the only directory that hotplug scripts are run from; empty for where Xen's tools have them
     * @param qemuNbd the program that serves images which are not raw
     * @param qemuImg the program that reads such images
     */
    public record BlockConfig(Optional<Path> imageRoot, Optional<Path> scriptDirectory, Path qemuNbd, Path qemuImg) {}

    /**
     * @param networks by name; no two that cannot be on one host
     * @param dnsmasq the program that serves addresses and names to NAT networks
     * @param runDirectory what dnsmasq reads is below it, readable by all
     * @param defaultNetwork the network of vifs that name neither network nor bridge; empty for {@link
     *     dev.xcs.model.VifSpec#DEFAULT_BRIDGE}. It may be one that was made over the API
     * @param scriptDirectory the only directory that hotplug scripts are run from, the same as for disks
     */
    public record NetworkConfig(
            List<NetworkSpec> networks,
            Path dnsmasq,
            Path runDirectory,
            Optional<String> defaultNetwork,
            Optional<Path> scriptDirectory) {
        public NetworkConfig {
            networks = List.copyOf(networks);
        }
    }
}
