package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.model.DomainType;
import dev.xcs.model.ShutdownReason;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A guest's end of its virtual machine: what its kernel can reach. No call blocks. */
public interface Hardware {
    int domid();

    DomainType type();

    int vcpus();

    /** What the domain has populated now. */
    long memoryKib();

    /** Whether the cpus may run: false while paused, after the end and before the build is done. */
    boolean runnable();

    /** The guest's end of its console ring. */
    ConsolePage console();

    /** The console's page itself, for guests that do not keep to the protocol. */
    ByteBuffer consolePage();

    /** Tells dom0 that the console ring has changed. */
    void notifyConsole();

    /** Reads a key below the domain's own directory, {@code control/shutdown} for example; empty when there is none. */
    Optional<String> read(String key);

    List<String> list(String key);

    /** Writes a key below the domain's own directory; a {@link dev.xcs.model.ProblemException} when it may not. */
    void write(String key, String value);

    /** Tells, until the domain ends, that something at or below the key has changed; once at once. On a foreign thread. */
    void watch(String key, Consumer<String> listener);

    /** The load that the guest puts on its cpus, in thousandths of one. */
    void load(int permille);

    /** Brings the populated memory to a size as far as limit and free memory allow; gives what it became, in KiB. */
    long balloon(long targetKib);

    void onlineVcpus(int count);

    /** SCHEDOP_shutdown: the end of this boot. */
    void shutdown(ShutdownReason reason);

    /** Whether a fault makes this guest deaf to control/shutdown now. */
    boolean stuck();

    /** Whether a fault makes this boot panic. */
    boolean panicsAtBoot();

    /** Whether a fault makes this guest write nonsense into its console ring now. */
    boolean corruptsRing();
}
