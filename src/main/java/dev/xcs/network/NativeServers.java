package dev.xcs.network;

import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.NetworkSpec;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** On a host that answers itself, as the simulated one does. */
final class NativeServers implements AddressServers {
    private final NativeNetwork devices;

    NativeServers(NativeNetwork devices) {
        this.devices = devices;
    }

    @Override
    public Future<Void> start(NetworkSpec network, String bridge, IpAddress address, Collection<Lease> leases) {
        return serve(network.name(), leases);
    }

    @Override
    public Future<Void> serve(String network, Collection<Lease> leases) {
        return devices.serve(network, List.copyOf(leases));
    }

    @Override
    public Future<Void> stop(String network) {
        return devices.serve(network, List.of());
    }

    /** They go with their network. */
    @Override
    public Future<Void> tidy(Set<String> networks) {
        return Future.succeededFuture();
    }

    @Override
    public void close() {}
}
