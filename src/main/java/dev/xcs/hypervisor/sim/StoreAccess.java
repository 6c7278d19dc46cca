package dev.xcs.hypervisor.sim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The simulated xenstored as seen from inside the process by simulated guests, with their permissions. Thread-safe. */
public interface StoreAccess {
    Optional<String> read(int domid, String path);

    List<String> list(int domid, String path);

    /** Writes as that domain; refused with a {@link dev.xcs.model.ProblemException} naming EACCES, EQUOTA or EINVAL. */
    void write(int domid, String path, String value);

    /** The values of those nodes that are there and may be read, all of one moment; {@link StoreFaults} do not apply. */
    Map<String, String> readAll(int domid, List<String> paths);

    /**
     * Writes all of these in one moment, in their order, but only while a node is there; {@link StoreFaults} do not apply.
     *
     * @return whether the node was there
     */
    boolean update(int domid, String guard, Map<String, String> values);

    void remove(int domid, String path);

    /** Tells of changes at or below the path, once at once, on the store's thread: the listener must not block. */
    AutoCloseable watch(int domid, String path, Consumer<String> listener);

    /** As VIRQ_DOM_EXC does: a domain has shut down, or is gone; fires {@code @releaseDomain}. */
    void domainEnded(int domid, boolean gone);

    /** Called on INTRODUCE with the domid, before it is answered. */
    void onIntroduce(java.util.function.IntConsumer listener);
}
