package dev.xcs.hypervisor;

import dev.xcs.model.HostInfo;

/**
 * The port to a hypervisor. All calls may block and throw {@link dev.xcs.model.ProblemException} with the call, its argument and
 * the errno; all may be used from several threads, but see {@link EventChannels#await}.
 */
public interface Hypervisor extends AutoCloseable {
    HostInfo host();

    Domains domains();

    Kernels kernels();

    EventChannels eventChannels();

    ConsoleRings consoleRings();

    HypervisorLog log();

    BlockDevices blockDevices();

    NetworkDevices networkDevices();

    /** Gives every handle back; after this no other call may be made. */
    @Override
    void close();
}
