package dev.xcs.hypervisor.sim;

import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Op;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The faults that befall xenstored, for requests of dom0; those of guests are left alone. */
final class XenstoreTroubles implements StoreFaults {
    private static final Pattern DOMAIN = Pattern.compile("/local/domain/([0-9]{1,5})(/.*)?");

    private final Faults faults;
    private final Duration delay;
    private final Supplier<SimXenstored> store;

    /** @param delay of each reply while {@link Fault#SLOW_XENSTORE} strikes */
    XenstoreTroubles(Faults faults, Duration delay, Supplier<SimXenstored> store) {
        this.faults = faults;
        this.delay = delay;
        this.store = store;
    }

    @Override
    public Trouble of(int domid, Op op, String path) {
        if (domid != 0) {
            return Trouble.NONE;
        }
        if (strikes(Fault.XENSTORE_DISCONNECT, path)) {
            store.get().dropClients();
        }
        if (op == Op.TRANSACTION_END && strikes(Fault.XENSTORE_EAGAIN, path)) {
            return Trouble.refuse(Errno.EAGAIN);
        }
        if ((op == Op.WRITE || op == Op.MKDIR) && strikes(Fault.XENSTORE_QUOTA, path)) {
            return Trouble.refuse(Errno.EQUOTA);
        }
        return strikes(Fault.SLOW_XENSTORE, path) ? Trouble.slow(delay) : Trouble.NONE;
    }

    private boolean strikes(Fault fault, String path) {
        Matcher owner = DOMAIN.matcher(path);
        return owner.matches() ? faults.strikes(fault, Integer.parseInt(owner.group(1))) : faults.strikes(fault);
    }
}
