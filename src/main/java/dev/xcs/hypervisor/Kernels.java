package dev.xcs.hypervisor;

import dev.xcs.model.DomainType;
import dev.xcs.model.KernelCacheCounts;
import dev.xcs.model.KernelCacheView;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Kernels on this host, and those that are kept unpacked so that guests of them are built faster. */
public interface Kernels {
    /** As what Xen can start a kernel; a problem of the field {@code kernel} when it cannot be read. */
    Set<DomainType> bootable(String kernel);

    /** Has a kernel ready for its first guest; a problem of the field {@code kernel} when it is none. */
    void prepare(String kernel);

    KernelCacheView show();

    /** Without touching the disk, for those who ask often. */
    KernelCacheCounts counts();

    /**
     * Forgets a kernel that is kept: NOT_FOUND when there is none of that key, CONFLICT while something is built with it.
     *
     * @param key of one; absent for all that nothing is built with
     */
    void forget(@Nullable String key);
}
