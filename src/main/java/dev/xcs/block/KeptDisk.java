package dev.xcs.block;

import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.ProblemException;
import dev.xcs.model.VirtualDevice;
import dev.xcs.xenstore.NodeWait;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One disk of one boot. */
final class KeptDisk {
    private final DiskSpec spec;
    private final VirtualDevice device;
    private final String place;
    private @Nullable OpenBacking backing;
    private @Nullable NodeWait awaited;
    private boolean scripted;

    KeptDisk(DiskSpec spec, VirtualDevice device) {
        this(spec, device, "");
    }

    /** @param place where in a request its fields are: {@code disks[2].} */
    KeptDisk(DiskSpec spec, VirtualDevice device, String place) {
        this.spec = spec;
        this.device = device;
        this.place = place;
    }

    /** The failure as whoever asked for the disk understands it. */
    ProblemException placed(Throwable failure) {
        return ProblemException.within(place, failure);
    }

    DiskSpec spec() {
        return spec;
    }

    VirtualDevice device() {
        return device;
    }

    /** Nothing until it is open, and for a disk whose script makes the device. */
    @Nullable
    OpenBacking backing() {
        return backing;
    }

    /** Changes what is there by now: who waited may have an older one in hand. */
    void change(UnaryOperator<OpenBacking> how) {
        if (backing != null) {
            backing = how.apply(backing);
        }
    }

    void back(OpenBacking newer) {
        backing = newer;
    }

    /** Gives what backs it to who gives that back: once only. */
    @Nullable
    OpenBacking takeBacking() {
        OpenBacking taken = backing;
        backing = null;
        return taken;
    }

    /** Its script was run, so that there is something to undo. */
    void scripted() {
        scripted = true;
    }

    /** Whether its script has something to undo, which the caller does. */
    boolean takeScripted() {
        boolean was = scripted;
        scripted = false;
        return was;
    }

    boolean writes() {
        return spec.access() == DiskAccess.RW;
    }

    /** What the daemon waits for of it, in place of what it has waited for before: that the back-end has it, or that the guest gives it up. */
    void awaiting(@Nullable NodeWait newer) {
        if (awaited != null) {
            awaited.cancel();
        }
        awaited = newer;
    }
}
