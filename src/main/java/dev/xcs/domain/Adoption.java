package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.model.DomainInfo;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up, at start, what an earlier run of the daemon left. */
final class Adoption {
    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    private final DomainTable table;
    private final XenClient xen;
    private final ConsoleAttacher consoles;
    private final Disks disks;
    private final Vifs vifs;
    private final DeviceModelClient models;
    private final Xenstore store;
    private final DefinitionLog log;
    private final Boots boots;
    private final Supplier<RestartGuard> guards;
    private final Patience patience;
    private final Deadlines deadlines;

    Adoption(
            DomainTable table,
            XenClient xen,
            ConsoleAttacher consoles,
            Disks disks,
            Vifs vifs,
            DeviceModelClient models,
            Xenstore store,
            DefinitionLog log,
            Boots boots,
            Supplier<RestartGuard> guards,
            Patience patience,
            Deadlines deadlines) {
        this.table = table;
        this.xen = xen;
        this.consoles = consoles;
        this.disks = disks;
        this.vifs = vifs;
        this.models = models;
        this.store = store;
        this.log = log;
        this.boots = boots;
        this.guards = guards;
        this.patience = patience;
        this.deadlines = deadlines;
    }

    /** Done when every guest's console is looked after again or was tried: one whose ring is full burns a cpu. */
    Future<Void> adopt() {
        return log.load()
                .compose(definitions -> patience.untilDone(xen::list, deadlines.gone())
                        .compose(domains -> Future.join(definitions.stream()
                                .map(definition -> take(definition, find(definition, domains)))
                                .toList())))
                .mapEmpty();
    }

    /** By handle, for domids are reused; a boot that is dying only where there is no other. */
    private static Optional<DomainInfo> find(Definition definition, List<DomainInfo> domains) {
        return domains.stream()
                .filter(info -> info.handle().equals(definition.uuid()))
                .min((a, b) -> Boolean.compare(a.dying(), b.dying()));
    }

    private Future<Void> take(Definition definition, Optional<DomainInfo> found) {
        return switch (definition.phase()) {
            case ACTIVE ->
                found.isPresent()
                        ? resume(definition, found.get())
                        : boots.tidy(definition).compose(any -> dropGone(definition));
            case CREATING -> found.isPresent() ? undo(definition, found.get()) : dropGone(definition);
            case RESTARTING -> restart(definition, found);
            case STOPPED -> {
                keep(definition, Optional.empty());
                yield Future.succeededFuture();
            }
        };
    }

    private KeptDomain keep(Definition definition, Optional<DomainInfo> boot) {
        KeptDomain domain = KeptDomain.managed(definition, guards.get());
        table.put(domain);
        boot.ifPresent(info -> {
            table.bind(domain, info.domid());
            domain.observe(info);
        });
        table.update(domain);
        return domain;
    }

    private Future<Void> dropGone(Definition definition) {
        LOG.info(
                "{} is gone since the last run; its definition is dropped",
                definition.spec().name());
        return consoles.forget(definition.uuid()).compose(any -> log.remove(definition.uuid()));
    }

    private Future<Void> resume(Definition definition, DomainInfo info) {
        KeptDomain domain = keep(definition, Optional.of(info));
        // In its queue, for what comes of its devices meanwhile waits there.
        Future<Void> resumed = domain.queue().add("taking up of its devices", any -> devices(domain));
        if (info.dying()) {
            return resumed;
        }
        LOG.info("{} is adopted", domain);
        return Future.join(consoles.attach(domain), resumed).mapEmpty();
    }

    private Future<Void> devices(KeptDomain domain) {
        return disks.resume(domain).compose(any -> vifs.resume(domain)).compose(any -> models.resume(domain));
    }

    /** What was half made has no nodes, or ours; who has others was made by somebody else who chose the same uuid. */
    private Future<Void> undo(Definition definition, DomainInfo info) {
        String home = NodeTree.home(info.domid());
        return Future.join(store.read(home + "/name"), store.read(home + "/console/type"))
                .transform(both -> {
                    boolean named = both.succeeded()
                            && both.result().<Optional<String>>resultAt(0).isPresent();
                    boolean ours = named
                            && both.result()
                                    .<Optional<String>>resultAt(1)
                                    .filter(NodeTree.CONSOLE_TYPE::equals)
                                    .isPresent();
                    return named && !ours ? dropGone(definition) : undoOurs(definition, info);
                });
    }

    private Future<Void> undoOurs(Definition definition, DomainInfo info) {
        KeptDomain domain = keep(definition, Optional.of(info));
        LOG.info("{} was being created when the last run ended; it is undone", domain);
        start(domain, domain.queue().add("undo", any -> known(domain).compose(v -> boots.destroy(domain))));
        return Future.succeededFuture();
    }

    /** What is not known to the back-ends is not given back when the boot is torn down. */
    private Future<Void> known(KeptDomain domain) {
        return domain.domid() < 0 ? Future.succeededFuture() : devices(domain);
    }

    private Future<Void> restart(Definition definition, Optional<DomainInfo> found) {
        KeptDomain domain = keep(definition, found);
        LOG.info("{} was being booted again when the last run ended; that is done now", domain);
        domain.work(KeptDomain.Work.BUILDING);
        start(
                domain,
                domain.queue()
                        .add(
                                "restart",
                                preemption -> (found.isPresent() ? known(domain) : boots.tidy(definition))
                                        .compose(v -> boots.restart(domain, preemption))));
        return Future.succeededFuture();
    }

    /** The daemon's start does not wait for it, and those who do it tell of failures. */
    private static void start(KeptDomain domain, Future<Void> operation) {
        operation.onFailure(failure -> LOG.debug("{}: {}", domain, Lifecycle.describe(failure)));
    }
}
