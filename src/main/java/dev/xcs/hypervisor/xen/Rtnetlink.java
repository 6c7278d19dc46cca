package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.xen.net.Link;
import dev.xcs.hypervisor.xen.net.LinkAddress;
import dev.xcs.hypervisor.xen.net.NetlinkRequest;
import dev.xcs.hypervisor.xen.net.Proxy;
import dev.xcs.hypervisor.xen.net.Route;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The interfaces, addresses and routes of the network namespace in which it was opened. One thread at a time. */
final class Rtnetlink implements AutoCloseable {
    private final NetlinkSocket socket;

    Rtnetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    List<Link> links() {
        return Link.decode(socket.dump(Link.dump()));
    }

    Optional<Link> find(String name) {
        return links().stream().filter(link -> link.name().equals(name)).findFirst();
    }

    Link require(String name) {
        return find(name).orElseThrow(() -> missing(name));
    }

    static ProblemException missing(String name) {
        return Problem.of(ProblemType.NOT_FOUND, "dom0 has no interface " + Problem.quote(name))
                .withCall("RTM_GETLINK", name)
                .toException();
    }

    List<LinkAddress> addresses() {
        return LinkAddress.decode(socket.dump(LinkAddress.dump()));
    }

    List<LinkAddress> addresses(Link link) {
        return addresses().stream()
                .filter(address -> address.interfaceIndex() == link.index())
                .toList();
    }

    List<Route> routes() {
        return Route.decode(socket.dump(Route.dump()));
    }

    List<Proxy> proxies() {
        return Proxy.decode(socket.dump(Proxy.dump()));
    }

    void change(NetlinkRequest... requests) {
        socket.change(requests);
    }

    void change(List<NetlinkRequest> requests) {
        socket.change(Set.of(), requests);
    }

    /** Be it that some are there already. */
    void add(List<NetlinkRequest> additions) {
        socket.change(Set.of(Errno.EEXIST), additions);
    }

    /** Takes away, be it that some of it has gone by itself. */
    void remove(List<NetlinkRequest> removals) {
        socket.change(Set.of(Errno.ENODEV, Errno.ESRCH, Errno.EADDRNOTAVAIL, Errno.ENOENT), removals);
    }

    @Override
    public void close() {
        socket.close();
    }
}
