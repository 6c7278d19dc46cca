package dev.xcs.block;

import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.VirtualDevice;
import dev.xcs.xenstore.NodeWait;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One disk of one boot. */
final class KeptDisk {
    private final DiskSpec spec;
    private final VirtualDevice device;
    private @Nullable OpenBacking backing;
    private @Nullable NodeWait connecting;
    private boolean scripted;

    KeptDisk(DiskSpec spec, VirtualDevice device) {
        this.spec = spec;
        this.device = device;
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

    /** Until the back-end has the device it is held open here. */
    void connecting(@Nullable NodeWait waiting) {
        if (connecting != null) {
            connecting.cancel();
        }
        connecting = waiting;
    }
}
