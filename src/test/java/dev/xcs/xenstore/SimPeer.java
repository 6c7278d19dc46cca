package dev.xcs.xenstore;

import dev.xcs.hypervisor.sim.SimXenstored;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The simulated xenstored. */
final class SimPeer implements StorePeer {
    private final Path socket;
    private final Set<Integer> domains = ConcurrentHashMap.newKeySet();
    private SimXenstored store;

    SimPeer(Path directory) {
        socket = directory.resolve("socket");
        start();
    }

    SimXenstored store() {
        return store;
    }

    @Override
    public Path socket() {
        return socket;
    }

    @Override
    public void kill() {
        store.close();
    }

    @Override
    public void start() {
        store = new SimXenstored(socket, domains::contains);
    }

    @Override
    public void addDomain(int domid) {
        domains.add(domid);
    }

    @Override
    public void shutDomainDown(int domid) {
        store.domainEnded(domid, false);
    }

    @Override
    public void removeDomain(int domid) {
        domains.remove(domid);
        store.domainEnded(domid, true);
    }

    @Override
    public void close() {
        store.close();
    }
}
