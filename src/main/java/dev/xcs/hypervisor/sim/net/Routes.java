package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.Subnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A host's routes. Not thread-safe. */
final class Routes {
    /** @param via the router; null where the link itself leads to them */
    record Route(Subnet to, @Nullable IpAddress via, Nic nic) {
        /** Who on the link gets a packet. */
        IpAddress hop(IpAddress target) {
            return via == null ? target : via;
        }

        @Override
        public String toString() {
            String target = to.prefix() == 0 ? "default" : to.toString();
            return target + (via == null ? "" : " via " + via) + " dev " + nic.name();
        }
    }

    private final List<Route> routes = new ArrayList<>();

    /** Replaces one to the same subnet through the same interface. */
    void add(Route route) {
        routes.removeIf(known -> known.to().equals(route.to()) && known.nic().equals(route.nic()));
        routes.add(route);
    }

    void remove(Subnet to, Nic nic) {
        routes.removeIf(known -> known.to().equals(to) && known.nic().equals(nic));
    }

    void forget(Nic nic) {
        routes.removeIf(known -> known.nic().equals(nic));
    }

    /** The narrowest that leads there; the latest of several. */
    Optional<Route> find(IpAddress target) {
        return routes.stream()
                .filter(route -> route.nic().isUp() && route.to().contains(target))
                .reduce((one, other) -> other.to().prefix() >= one.to().prefix() ? other : one);
    }

    /** One a line, the default first. */
    String print() {
        StringBuilder text = new StringBuilder();
        routes.stream()
                .sorted(Comparator.comparingInt((Route route) -> route.to().prefix()))
                .forEach(route -> text.append(route).append('\n'));
        return text.toString();
    }
}
