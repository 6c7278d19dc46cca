package dev.xcs.network;

import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.NetworkSpec;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Set;

/** What answers the DHCP and DNS requests of networks. */
interface AddressServers extends AutoCloseable {
    /**
     * Serves a network, or goes on with what serves it since an earlier run.
     *
     * @param interfaceName where: dom0's own on the network's bridge
     * @param address dom0's own there
     * @return fails if it does not come up
     */
    Future<Void> start(NetworkSpec network, String interfaceName, IpAddress address, Collection<Lease> leases);

    /** Lets a network's guests have these addresses and names from now on, and no others. */
    Future<Void> serve(String network, Collection<Lease> leases);

    /** Ends what serves a network, if anything does, and removes what belongs to it. */
    Future<Void> stop(String network);

    /** Ends those of an earlier run that serve none of these networks. */
    Future<Void> tidy(Set<String> networks);

    /** Guests keep their servers. */
    @Override
    void close();
}
