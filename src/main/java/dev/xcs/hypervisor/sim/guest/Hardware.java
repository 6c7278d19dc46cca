package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.model.DomainType;
import dev.xcs.model.ShutdownReason;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
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

    /** The values of those keys that are there, all of one moment; a key that begins with a slash is a path. */
    Map<String, String> readAll(List<String> keys);

    /** Writes all of these in one moment, but only while the first key is there; gives whether it was. */
    boolean update(String guard, Map<String, String> values);

    /** Tells, until it or the domain ends, that something at or below the key has changed; once at once. On a foreign thread. */
    Watch watch(String key, Consumer<String> listener);

    /** A watch that can be ended; further ends do nothing. */
    interface Watch {
        void end();
    }

    /** A page of the guest's memory. */
    ByteBuffer newPage();

    /** Grants a page to dom0; gives its reference, or -1 when the table is full. */
    int grant(ByteBuffer page);

    void revoke(int ref);

    /** Allocates an event channel that waits for dom0; its events come on foreign threads. */
    int allocatePort(Runnable onEvent);

    void closePort(int port);

    void notifyPort(int port);

    /** Whether a fault makes this guest's blkfront deaf now. */
    boolean ignoresDisks();

    /** Whether a fault makes this guest's netfront deaf now. */
    boolean ignoresNetworks();

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
