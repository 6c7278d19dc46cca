package dev.xcs.domain;

import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Brings the table up to date with each list of the hypervisor, and learns who the strangers are. */
final class Census {
    private final DomainTable table;
    private final Xenstore store;
    private final Supplier<RestartGuard> guards;
    private final Map<Integer, Future<Void>> beingMet = new HashMap<>();
    private final Snapshots snapshots;
    private Consumer<KeptDomain> attention = any -> {};

    Census(DomainTable table, XenClient xen, Xenstore store, Supplier<RestartGuard> guards, Patience patience) {
        this.table = table;
        this.store = store;
        this.guards = guards;
        this.snapshots = new Snapshots(xen::list, table::tick, this::observe, patience);
    }

    /** Who decides what is to be done about a managed domain that was seen ended, dying or missing. */
    void onNews(Consumer<KeptDomain> listener) {
        attention = listener;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    /** A list asked for after this call, with every stranger in it known by name. */
    Future<Snapshot> refresh() {
        return snapshots
                .surely()
                .compose(snapshot ->
                        Future.join(List.copyOf(beingMet.values())).transform(any -> Future.succeededFuture(snapshot)));
    }

    private void observe(Snapshot snapshot) {
        Reconciler.Diff diff = table.compare(snapshot);
        diff.missing().forEach(uuid -> miss(table.get(uuid)));
        diff.seen().forEach((uuid, info) -> see(table.get(uuid), info));
        diff.reborn().forEach(this::rebind);
        diff.strangers().forEach(this::meet);
    }

    private void miss(KeptDomain domain) {
        if (domain.isManaged() && !domain.isZombie()) {
            domain.vanish();
            table.update(domain);
            attention.accept(domain);
        } else if (domain.work() == KeptDomain.Work.NONE) {
            table.drop(domain);
        }
    }

    private void see(KeptDomain domain, DomainInfo info) {
        domain.observe(info);
        table.update(domain);
        attention.accept(domain);
        if (isNameless(domain)) {
            name(info.domid()).onSuccess(name -> name.ifPresent(domain::rename));
        }
    }

    private void rebind(UUID uuid, DomainInfo info) {
        KeptDomain domain = table.get(uuid);
        table.bind(domain, info.domid());
        see(domain, info);
    }

    private void meet(UUID uuid, DomainInfo info) {
        int domid = info.domid();
        if (beingMet.containsKey(domid)) {
            return;
        }
        Future<Void> met = Future.join(name(domid), type(info)).map(both -> {
            Optional<String> name = both.resultAt(0);
            welcome(uuid, info, name.orElse(madeUp(domid)), both.resultAt(1));
            return null;
        });
        beingMet.put(domid, met);
        met.onComplete(any -> beingMet.remove(domid));
        if (met.isComplete()) {
            beingMet.remove(domid);
        }
    }

    private void welcome(UUID uuid, DomainInfo info, String name, DomainType type) {
        if (table.find(uuid) == null) {
            KeptDomain domain = KeptDomain.foreign(uuid, name, type, guards.get());
            table.put(domain);
            table.bind(domain, info.domid());
            domain.observe(info);
            table.update(domain);
        }
    }

    private static boolean isNameless(KeptDomain domain) {
        return !domain.isManaged() && domain.name().equals(madeUp(domain.domid()));
    }

    private static String madeUp(int domid) {
        return "domain-" + domid;
    }

    private Future<Optional<String>> name(int domid) {
        return store.read(NodeTree.home(domid) + "/name")
                .map(name -> name.filter(text -> !text.isEmpty()))
                .otherwise(Optional.empty());
    }

    /** Xen cannot tell PVH from HVM; xl writes it down. */
    private Future<DomainType> type(DomainInfo info) {
        return store.read(NodeTree.xlType(info.domid()))
                .otherwise(Optional.empty())
                .map(written -> written.flatMap(Census::typeOf).orElseGet(() -> guess(info)));
    }

    private static Optional<DomainType> typeOf(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "pv" -> Optional.of(DomainType.PV);
            case "pvh" -> Optional.of(DomainType.PVH);
            case "hvm" -> Optional.of(DomainType.HVM);
            default -> Optional.empty();
        };
    }

    private static DomainType guess(DomainInfo info) {
        if (!info.hvm()) {
            return DomainType.PV;
        }
        return info.domid() == 0 ? DomainType.PVH : DomainType.HVM;
    }
}
