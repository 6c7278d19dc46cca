package dev.xcs.hypervisor.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Just enough of a xenstore for guests, without permissions and without a socket. */
final class MemoryStore implements StoreAccess {
    final List<String> ended = new CopyOnWriteArrayList<>();
    private final TreeMap<String, String> nodes = new TreeMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<IntConsumer> introduceListeners = new ArrayList<>();

    private record Watch(String path, Consumer<String> listener) {}

    @Override
    public synchronized Optional<String> read(int domid, String path) {
        return Optional.ofNullable(nodes.get(path));
    }

    @Override
    public synchronized List<String> list(int domid, String path) {
        String below = path + "/";
        return nodes.keySet().stream()
                .filter(node -> node.startsWith(below))
                .map(node -> node.substring(below.length()).replaceFirst("/.*", ""))
                .distinct()
                .toList();
    }

    @Override
    public void write(int domid, String path, String value) {
        List<Watch> told;
        synchronized (this) {
            nodes.put(path, value);
            told = List.copyOf(watches);
        }
        told.stream()
                .filter(watch -> (path + "/").startsWith(watch.path() + "/"))
                .forEach(watch -> watch.listener().accept(path));
    }

    @Override
    public synchronized void remove(int domid, String path) {
        nodes.keySet().removeIf(node -> (node + "/").startsWith(path + "/"));
    }

    @Override
    public AutoCloseable watch(int domid, String path, Consumer<String> listener) {
        Watch watch = new Watch(path, listener);
        synchronized (this) {
            watches.add(watch);
        }
        listener.accept(path);
        return () -> {
            synchronized (this) {
                watches.remove(watch);
            }
        };
    }

    synchronized int watches() {
        return watches.size();
    }

    @Override
    public void domainEnded(int domid, boolean gone) {
        ended.add(domid + (gone ? " gone" : " shut down"));
    }

    @Override
    public void onIntroduce(IntConsumer listener) {
        introduceListeners.add(listener);
    }

    void introduce(int domid) {
        introduceListeners.forEach(listener -> listener.accept(domid));
    }
}
