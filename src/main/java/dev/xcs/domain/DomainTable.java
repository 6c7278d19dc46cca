package dev.xcs.domain;

import dev.xcs.message.DomainChanged;
import dev.xcs.model.Domain;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Every domain that is known, and the teller of their changes. Not for several threads. */
final class DomainTable {
    private static final Comparator<Domain> BY_DOMID =
            Comparator.comparingInt(Domain::domid).thenComparing(Domain::name);

    private final Consumer<DomainChanged> listener;
    private final DomainMeters meters;
    private final Map<UUID, KeptDomain> domains = new HashMap<>();
    private final Map<UUID, Domain> told = new HashMap<>();
    private final Map<Integer, Long> retired = new HashMap<>();
    private long ticks;

    DomainTable(Consumer<DomainChanged> listener, DomainMeters meters) {
        this.listener = listener;
        this.meters = meters;
    }

    /** A clock that only counts: orders what this daemon did against what it asked. */
    long tick() {
        return ++ticks;
    }

    /** @throws dev.xcs.model.ProblemException if the uuid, or the name of a domain that is not a zombie, is taken */
    void claim(KeptDomain domain) {
        refuseTaken(domain.uuid());
        refuseNamesake(domain);
        put(domain);
    }

    private void refuseTaken(UUID uuid) {
        KeptDomain same = domains.get(uuid);
        if (same != null) {
            String why = same.isZombie() ? "one that is destroyed but still holds memory" : same.name();
            throw Problem.of(ProblemType.CONFLICT, "uuid: " + uuid + " is that of another domain, " + why)
                    .withField("uuid")
                    .toException();
        }
    }

    /** @throws dev.xcs.model.ProblemException of type NAME_EXISTS if another domain that is not a zombie has its name */
    void refuseNamesake(KeptDomain domain) {
        domains.values().stream()
                .filter(one -> one != domain && one.name().equals(domain.name()) && !one.isZombie())
                .findAny()
                .ifPresent(one -> {
                    throw nameExists(one);
                });
    }

    private static RuntimeException nameExists(KeptDomain one) {
        return Problem.of(
                        ProblemType.NAME_EXISTS,
                        "name: " + Problem.quote(one.name()) + " is the name of domain " + one.uuid()
                                + ", expected one that no other domain has")
                .withField("name")
                .toException();
    }

    void put(KeptDomain domain) {
        domains.put(domain.uuid(), domain);
    }

    @Nullable
    KeptDomain find(UUID uuid) {
        return domains.get(uuid);
    }

    /** @throws dev.xcs.model.ProblemException of type NOT_FOUND */
    KeptDomain get(UUID uuid) {
        KeptDomain domain = domains.get(uuid);
        if (domain == null) {
            throw notFound(uuid).toException();
        }
        return domain;
    }

    static Problem notFound(UUID uuid) {
        return Problem.of(ProblemType.NOT_FOUND, "There is no domain " + uuid);
    }

    Collection<KeptDomain> all() {
        return List.copyOf(domains.values());
    }

    List<Domain> views() {
        List<Domain> views = new ArrayList<>();
        // One that was never told is only a claim, which may yet be refused.
        domains.values().stream()
                .filter(domain -> told.containsKey(domain.uuid()))
                .forEach(domain -> views.add(domain.view()));
        views.sort(BY_DOMID);
        return views;
    }

    /** The domid became this domain's. */
    void bind(KeptDomain domain, int domid) {
        domain.bind(domid, tick());
    }

    /** The boot under its domid is seen off. */
    void unbind(KeptDomain domain) {
        retired.put(domain.domid(), tick());
        domain.bind(-1, tick());
    }

    Reconciler.Diff compare(Snapshot snapshot) {
        List<Reconciler.Known> known =
                domains.values().stream().map(KeptDomain::known).toList();
        Reconciler.Diff diff = Reconciler.compare(known, retired, snapshot);
        // Snapshots come one after the other, so none that is older than this one can follow.
        retired.values().removeIf(tick -> tick < snapshot.asked());
        return diff;
    }

    /** Tells everybody if the domain shows differently than it was last told. */
    void update(KeptDomain domain) {
        if (domain.isDropped() || domains.get(domain.uuid()) != domain) {
            return;
        }
        Domain now = domain.view();
        Domain before = told.put(now.uuid(), now);
        if (before == null || before.state() != now.state() || before.domid() != now.domid()) {
            meters.moved(before == null ? null : before.state(), now.state());
            listener.accept(new DomainChanged(now, false, domain.ended()));
        }
    }

    /** Forgets the domain and tells everybody that it is gone. */
    void drop(KeptDomain domain) {
        if (!domains.remove(domain.uuid(), domain)) {
            return;
        }
        Domain last = domain.view();
        Domain before = told.remove(domain.uuid());
        if (domain.domid() >= 0) {
            retired.put(domain.domid(), tick());
        }
        domain.drop();
        // One that was never told, since it was refused at once, has not gone either.
        if (before != null) {
            meters.moved(before.state(), null);
            listener.accept(new DomainChanged(last, true, domain.ended()));
        }
    }
}
