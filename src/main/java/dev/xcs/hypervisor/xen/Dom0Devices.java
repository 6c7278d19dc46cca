package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.netbsd.NetbsdBlockDevices;
import dev.xcs.hypervisor.netbsd.NetbsdNetworkDevices;
import dev.xcs.hypervisor.netbsd.SystemCommands;
import dev.xcs.platform.Dom0;
import java.nio.file.Path;
import java.util.List;

/** The devices of dom0, by the adapters for what it runs. */
record Dom0Devices(BlockDevices block, NetworkDevices network) {
    private static final List<Path> LINUX_PROGRAMS =
            List.of(Path.of("/usr/bin"), Path.of("/usr/sbin"), Path.of("/usr/local/bin"));

    /** What NetBSD empties when it boots. */
    private static final String NETBSD_RUN = "var/run/xcs";

    /**
     * Opens the adapters.
     *
     * @param root where the system is, {@code /} but for tests
     * @param handles gets what has to be closed
     */
    static Dom0Devices open(Dom0 dom0, LibC libc, Path root, OpenHandles handles) {
        return switch (dom0) {
            case LINUX ->
                new Dom0Devices(
                        handles.add(new LinuxBlockDevices(libc, root)),
                        handles.add(LinuxNetworkDevices.open(libc, XenLibraries::loadNftables, root, LINUX_PROGRAMS)));
            case NETBSD -> {
                SystemCommands commands = new SystemCommands(SystemCommands.DIRECTORIES.stream()
                        .map(directory -> root.resolve(Path.of("/").relativize(directory)))
                        .toList());
                Path run = root.resolve(NETBSD_RUN);
                yield new Dom0Devices(
                        handles.add(new NetbsdBlockDevices(commands, new NetbsdMediaSize(libc), run)),
                        new NetbsdNetworkDevices(commands, run));
            }
        };
    }
}
