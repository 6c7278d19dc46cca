package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.model.OnEnd;
import dev.xcs.model.ShutdownReason;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the definition wants when a managed guest has ended by itself, and cleans up when somebody else destroyed it. */
final class EndKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(EndKeeper.class);

    private final Boots boots;
    private boolean stopping;

    EndKeeper(Boots boots) {
        this.boots = boots;
    }

    /** From now on ends are left to the next start. */
    void stop() {
        stopping = true;
    }

    /** To be told of every managed domain at every look; acts once for each end, again only if that failed. */
    void attend(KeptDomain domain) {
        boolean nothingToDo = !domain.isDying() && !domain.hasUnhandledEnd();
        boolean notOurs = !domain.isManaged() || domain.isZombie() || domain.work() != KeptDomain.Work.NONE;
        if (stopping || nothingToDo || notOurs || domain.isAttended()) {
            return;
        }
        int domid = domain.domid();
        domain.attended(true);
        // Those who did the work have told why it failed.
        domain.queue()
                .add("handling of its end", preemption -> handle(domain, domid, preemption))
                .onComplete(any -> domain.attended(false))
                .onFailure(failure -> LOG.debug("{}: {}", domain, Lifecycle.describe(failure)));
    }

    private Future<Void> handle(KeptDomain domain, int domid, Preemption preemption) {
        Definition definition = domain.definition();
        if (!domain.isAt(domid) || definition == null) {
            return Future.succeededFuture();
        }
        if (domain.isDying()) {
            LOG.info("{} was destroyed by somebody else", domain);
            return boots.destroy(domain);
        }
        ShutdownReason reason = domain.ended();
        return reason == null || !domain.hasUnhandledEnd()
                ? Future.succeededFuture()
                : obey(domain, definition, reason, preemption);
    }

    private Future<Void> obey(KeptDomain domain, Definition definition, ShutdownReason reason, Preemption preemption) {
        boolean byOperator = domain.takeRebootAsked() && reason == ShutdownReason.REBOOT;
        OnEnd wanted = EndPolicy.decide(definition.spec(), reason);
        if (wanted == OnEnd.RESTART && !byOperator && !domain.guard().mayRestart()) {
            LOG.warn("{} ended ({}) and is preserved instead of restarted: {}", domain, reason.json(), domain.guard());
            wanted = OnEnd.PRESERVE;
        } else {
            LOG.info("{} ended ({}): {}", domain, reason.json(), wanted.json());
        }
        return switch (wanted) {
            case DESTROY -> boots.destroy(domain);
            case RESTART -> boots.restart(domain, preemption);
            case PRESERVE -> {
                domain.markEndHandled();
                yield Future.succeededFuture();
            }
        };
    }
}
