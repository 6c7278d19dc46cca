package dev.xcs.hypervisor;

import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.Lease;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifStatistics;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The network interfaces of dom0. Failures are {@link dev.xcs.model.ProblemException}s of type HYPERVISOR or IMPOSSIBLE that name the call,
 * the interface and the errno; an interface that does not exist is of type NOT_FOUND. All calls may be repeated: what is as it should
 * be already stays as it is.
 */
public interface NetworkDevices {
    /** What the back-end calls the interface of a vif: {@code vif5.0} on Linux, {@code xvif5i0} on NetBSD. */
    String vifName(int domid, int index);

    /** Every interface of dom0. */
    List<HostLink> links();

    /**
     * Puts the interface of a vif where it belongs: guard, name, MTU, address fe:ff:ff:ff:ff:ff, bridge or routes, and up, in an order in which
     * no frame passes without the guard. Also for one that is connected, to be moved or changed; frames of the guest that are allowed before and
     * after are not lost meanwhile for longer than that takes.
     */
    void connect(VifPort port);

    /**
     * Takes away what {@link #connect} made beside the interface itself, which goes with its back-end. Quietly does nothing for what is not there.
     *
     * @param name as it was last connected
     */
    void disconnect(String name);

    /** Makes what a network needs in dom0, or mends it. */
    void make(HostNetwork network);

    /**
     * Removes all that was made for a network, and nothing else. Quietly does nothing for what is not there.
     *
     * @param name the network's
     */
    void remove(String name);

    /** Which networks something was made for that is still there, by name. */
    Set<String> made();

    /** Which interfaces have a guard, by name, be it that the interface is gone. */
    Set<String> guarded();

    /** What went through interfaces, by name, in one look; those that are not there are left out. */
    Map<String, VifStatistics> statistics(Set<String> names);

    /**
     * Tells a host that answers DHCP and DNS itself, as the simulated one does, what to answer on a network; IMPOSSIBLE on others, where a server is
     * run for that.
     */
    void serve(String network, List<Lease> leases);
}
