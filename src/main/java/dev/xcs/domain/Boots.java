package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes, replaces and ends the boots of domains. Every method is to be run as an operation in the domain's queue. */
final class Boots {
    private static final Logger LOG = LoggerFactory.getLogger(Boots.class);

    private final DomainTable table;
    private final Census census;
    private final Creation creation;
    private final Teardown teardown;
    private final ConsoleClient consoles;
    private final DefinitionLog log;
    private final DomainMeters meters;

    Boots(
            DomainTable table,
            Census census,
            Creation creation,
            Teardown teardown,
            ConsoleClient consoles,
            DefinitionLog log,
            DomainMeters meters) {
        this.table = table;
        this.census = census;
        this.creation = creation;
        this.teardown = teardown;
        this.consoles = consoles;
        this.log = log;
        this.meters = meters;
    }

    /** The first boot; if it fails nothing is left on disk either. */
    Future<Void> first(KeptDomain domain, Definition definition, Preemption preemption) {
        table.update(domain);
        boolean paused = definition.spec().paused();
        return creation.boot(domain, definition, paused, preemption)
                .recover(failure -> forget(domain).transform(any -> Future.failedFuture(failure)))
                .compose(any -> show(domain, !paused));
    }

    /** Destroys what is left of the old boot and makes a new one; if that fails the domain stays, without a boot. */
    Future<Void> restart(KeptDomain domain, Preemption preemption) {
        Definition before = domain.definition();
        if (before == null) {
            return Future.failedFuture(DomainTable.notFound(domain.uuid()).toException());
        }
        Definition restarting = before.restarting(domain.ended() == null ? before.ended() : domain.ended());
        domain.define(restarting);
        domain.work(KeptDomain.Work.BUILDING);
        table.update(domain);
        return log.save(restarting)
                .compose(any -> endOldBoot(domain))
                .compose(any -> creation.boot(domain, restarting, false, preemption))
                .onSuccess(any -> meters.restarted())
                .recover(failure -> stop(domain, before, restarting, failure))
                .compose(any -> show(domain, true));
    }

    /** Removes what is left of a boot that has gone while no daemon ran; what cannot be removed only stays. */
    Future<Void> tidy(Definition definition) {
        return definition.domid() < 0
                ? Future.succeededFuture()
                : teardown.tearDown(definition.uuid(), definition.domid(), false)
                        .onFailure(failure -> LOG.warn(
                                "What is left of {} stays, {}",
                                definition.spec().name(),
                                Lifecycle.describe(failure)))
                        .<Void>mapEmpty()
                        .otherwiseEmpty();
    }

    private Future<Void> endOldBoot(KeptDomain domain) {
        if (domain.domid() < 0) {
            return Future.succeededFuture();
        }
        int old = domain.domid();
        return teardown.tearDown(domain.uuid(), old, true).map(gone -> {
            if (!gone) {
                LOG.warn("{}: somebody still holds memory of its old boot; it is booted again all the same", domain);
            }
            table.unbind(domain);
            return null;
        });
    }

    private Future<Void> stop(KeptDomain domain, Definition before, Definition restarting, Throwable failure) {
        // With its old boot still there it is what it was before; an operator or the next look tries again.
        Definition now = before;
        if (domain.domid() < 0) {
            now = restarting.stopped();
            domain.restoreEnd(now.ended());
        }
        domain.define(now);
        domain.work(KeptDomain.Work.NONE);
        table.update(domain);
        if (ProblemException.of(failure).type() != ProblemType.PREEMPTED) {
            LOG.error(
                    "{} could not be booted again, {}; ask for running to retry", domain, Lifecycle.describe(failure));
        }
        return log.save(now).transform(any -> Future.failedFuture(failure));
    }

    /** @param changed whether it does otherwise than the creation has last seen it: that is the hypervisor's word */
    private Future<Void> show(KeptDomain domain, boolean changed) {
        domain.work(KeptDomain.Work.NONE);
        LOG.info("{} is booted", domain);
        if (!changed) {
            table.update(domain);
            return Future.succeededFuture();
        }
        return census.refresh().transform(seen -> {
            table.update(domain);
            return Future.succeededFuture();
        });
    }

    /** Destroys the domain, whatever is left of it; done also if it is gone already. */
    Future<Void> destroy(KeptDomain domain) {
        if (domain.isDropped()) {
            return Future.succeededFuture();
        }
        domain.work(KeptDomain.Work.DESTROYING);
        table.update(domain);
        Future<Boolean> dead = domain.domid() < 0
                ? Future.succeededFuture(true)
                : teardown.tearDown(domain.uuid(), domain.domid(), domain.isManaged());
        return dead.onFailure(failure -> keep(domain, failure)).compose(gone -> bury(domain, gone));
    }

    private void keep(KeptDomain domain, Throwable failure) {
        LOG.error("{} could not be destroyed completely, {}", domain, Lifecycle.describe(failure));
        domain.work(KeptDomain.Work.NONE);
        table.update(domain);
    }

    private Future<Void> bury(KeptDomain domain, boolean gone) {
        return forget(domain).map(any -> {
            meters.destroyed();
            if (gone) {
                LOG.info("{} is destroyed", domain);
                table.drop(domain);
            } else {
                LOG.warn(
                        "{} is destroyed, but somebody still holds its memory: it stays listed until that ends",
                        domain);
                domain.markZombie();
                table.update(domain);
            }
            return null;
        });
    }

    /** Drops what is kept of a managed domain beside Xen and xenstore. */
    private Future<Void> forget(KeptDomain domain) {
        if (domain.definition() == null) {
            return Future.succeededFuture();
        }
        domain.define(null);
        Future<Void> console = consoles.forget(domain.uuid()).onFailure(failure -> {
            Problem problem = ProblemException.of(failure);
            LOG.warn("The console history of {} was not dropped: {}", domain, problem.detail());
        });
        return Future.join(log.remove(domain.uuid()), console).transform(any -> Future.succeededFuture());
    }
}
