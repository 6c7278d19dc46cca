package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.model.DesiredState;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators ask for: each request becomes an operation in the queue of its domain. */
final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private final DomainTable table;
    private final Census census;
    private final XenClient xen;
    private final Boots boots;
    private final ShutdownRequest shutdown;
    private final Supplier<RestartGuard> guards;
    private final DomainMeters meters;
    private final Patience patience;
    private final Deadlines deadlines;

    Lifecycle(
            DomainTable table,
            Census census,
            XenClient xen,
            Boots boots,
            ShutdownRequest shutdown,
            Supplier<RestartGuard> guards,
            DomainMeters meters,
            Patience patience,
            Deadlines deadlines) {
        this.table = table;
        this.census = census;
        this.xen = xen;
        this.boots = boots;
        this.shutdown = shutdown;
        this.guards = guards;
        this.meters = meters;
        this.patience = patience;
        this.deadlines = deadlines;
    }

    /** Done when it runs, or is paused if that was asked. */
    Future<Domain> create(DomainSpec spec) {
        Definition definition = Definition.creating(spec);
        KeptDomain domain = KeptDomain.managed(definition, guards.get());
        table.claim(domain);
        domain.work(KeptDomain.Work.BUILDING);
        return domain.queue()
                .add(
                        "creation",
                        preemption ->
                                boots.first(domain, definition, preemption).onFailure(any -> table.drop(domain)))
                .onSuccess(any -> meters.created())
                .onFailure(failure -> LOG.warn("{} was not created, {}", spec.name(), describe(failure)))
                .map(any -> domain.view());
    }

    /** Done when the state is reached; for shutdown and reboot when the guest has taken the request. */
    Future<Domain> change(UUID uuid, DesiredState wanted) {
        KeptDomain domain = table.get(uuid);
        return domain.queue()
                .add(
                        "change to " + wanted.json(),
                        preemption -> census.refresh()
                                .compose(any -> act(domain, wanted, preemption))
                                .compose(any -> census.refresh()))
                .map(any -> domain.view());
    }

    private Future<Void> act(KeptDomain domain, DesiredState wanted, Preemption preemption) {
        if (domain.isDropped()) {
            return Future.failedFuture(DomainTable.notFound(domain.uuid()).toException());
        }
        return switch (StateRules.decide(domain.view(), wanted)) {
            case NOTHING -> Future.succeededFuture();
            case PAUSE -> xen.pause(domain.domid());
            case UNPAUSE -> xen.unpause(domain.domid());
            case ASK_FOR_POWEROFF -> shutdown.ask(domain, "poweroff", preemption);
            case ASK_FOR_REBOOT -> {
                domain.markRebootAsked();
                // A request that came to nothing must not excuse a reboot of the guest's own, later.
                yield shutdown.ask(domain, "reboot", preemption).onFailure(any -> domain.takeRebootAsked());
            }
            case RESTART -> {
                domain.guard().forgive();
                yield boots.restart(domain, preemption);
            }
        };
    }

    /** Done when it is gone, or dead with only its memory still held by somebody. */
    Future<Void> destroy(UUID uuid) {
        KeptDomain domain = table.get(uuid);
        StateRules.refuseDom0(domain.domid(), "destroyed");
        Future<Void> destroyed = domain.queue().preempt("the domain is being destroyed", any -> boots.destroy(domain));
        return patience.within(destroyed, deadlines.answerDestroy())
                .recover(failure -> Future.failedFuture(
                        destroyed.isComplete() ? failure : goesOn(domain).toException()));
    }

    private Problem goesOn(KeptDomain domain) {
        String detail = domain.name() + " is not destroyed within "
                + deadlines.answerDestroy().toSeconds() + " s; that goes on";
        return Problem.of(ProblemType.TIMEOUT, detail)
                .withStep("destroy")
                .withCause("a call to the hypervisor that cannot be interrupted is still running for it")
                .asRetryable();
    }

    static String describe(Throwable failure) {
        Problem problem = ProblemException.of(failure);
        return problem.step() == null ? problem.detail() : "step " + problem.step() + ": " + problem.detail();
    }
}
