package dev.xcs.xenstore;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.UUID;

/**
 * The home directory of a guest's boot, written only while it is that guest's: a write alone would make it anew once somebody has removed it, or
 * reach the next guest, for Xen reuses domids.
 */
public final class GuestHome {
    private final Xenstore store;
    private final UUID uuid;
    private final String home;

    /** @param uuid as the hypervisor has it; one of 64 zero bits and the domid stands for a handle that is empty */
    public GuestHome(Xenstore store, UUID uuid, int domid) {
        this.store = store;
        this.uuid = uuid;
        this.home = "/local/domain/" + domid;
    }

    /** Writes a node below it; fails with a problem of type CONFLICT where the guest has gone. */
    public Future<Void> write(String node, String value) {
        return store.transaction(transaction -> Future.join(
                        transaction.read(home + "/vm"), transaction.read(home + "/name"))
                .compose(both -> {
                    Optional<String> vm = both.resultAt(0);
                    Optional<String> name = both.resultAt(1);
                    return isIts(vm, name)
                            ? transaction.apply(Change.write(home + "/" + node, value))
                            : Future.failedFuture(gone(vm).toException());
                }));
    }

    /** Every toolstack in use writes vm; one that does not has at least given a name. */
    private boolean isIts(Optional<String> vm, Optional<String> name) {
        boolean nameless = uuid.getMostSignificantBits() == 0;
        return vm.map(path -> nameless || path.equals("/vm/" + uuid)).orElse(name.isPresent());
    }

    private Problem gone(Optional<String> vm) {
        return Problem.of(
                ProblemType.CONFLICT,
                "Domain " + uuid + " has gone: " + home + " is "
                        + vm.map(path -> "that of " + Problem.quote(path)).orElse("not there any more"));
    }
}
