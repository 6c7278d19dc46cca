package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.sim.net.Link;
import java.util.function.Consumer;

/** Dom0's network as its back-ends, other toolstacks and the machines outside see it, whatever dom0 runs. Thread-safe. */
interface BackendNetwork {
    /** Whether the back-end's interface is there, and is called so still. */
    boolean hasVif(int domid, int index);

    /**
     * The back-end makes its interface, which is down.
     *
     * @param wire takes what goes to the guest; it must not block
     */
    Link addVif(int domid, int index, Consumer<byte[]> wire);

    /** The back-end takes its interface back. */
    void removeVif(Link link);

    /** A guest has sent a frame. */
    void arrive(Link link, byte[] frame);

    /** A guest has sent what is no frame. */
    void arriveBroken(Link link);

    /** A guest did not take a frame. */
    void refused(Link link, int bytes);

    /** Puts the interface of a vif on a bridge as a script of Xen's does: without a guard. */
    void connectForeign(int domid, int index, String bridge);

    /** Makes a bridge, as an administrator does. */
    void addBridge(String name);

    OutsideHost outside();

    /** The network as one process controls it. */
    NetworkDevices devices(Faults faults);
}
