package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches the consoles of boots that an earlier run of the daemon made, and does not give up while such a boot is there: a guest
 * whose ring nobody drains burns a vcpu, and perhaps another process owns its console only for now.
 */
final class ConsoleAttacher {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleAttacher.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final ConsoleClient consoles;
    private final Xenstore store;
    private final Patience patience;
    private boolean stopping;

    ConsoleAttacher(ConsoleClient consoles, Xenstore store, Patience patience) {
        this.consoles = consoles;
        this.store = store;
        this.patience = patience;
    }

    /** From now on nothing is tried any more. */
    void stop() {
        stopping = true;
    }

    /** Drops what was kept of a domain that is gone. */
    Future<Void> forget(UUID uuid) {
        return consoles.forget(uuid).recover(failure -> {
            LOG.warn("The console history of {} was not dropped: {}", uuid, failure.getMessage());
            return Future.succeededFuture();
        });
    }

    /** Done when it was tried once; if that failed it is tried again, ever less often, without anybody waiting for it. */
    Future<Void> attach(KeptDomain domain) {
        return new Boot(domain).attempt();
    }

    private final class Boot {
        private final KeptDomain domain;
        private final int domid;
        private Duration pause = FIRST_PAUSE;
        private @Nullable String told;

        Boot(KeptDomain domain) {
            this.domain = domain;
            this.domid = domain.domid();
        }

        Future<Void> attempt() {
            return place().compose(place -> isFree() ? attach(place) : Future.succeededFuture(false))
                    .onSuccess(this::tell)
                    .recover(failure -> {
                        tell(ProblemException.of(failure));
                        return Future.succeededFuture(false);
                    })
                    .map(attached -> {
                        if (!attached) {
                            later();
                        }
                        return null;
                    });
        }

        private Future<Boolean> attach(Place place) {
            Definition definition = domain.definition();
            return definition == null
                    ? Future.succeededFuture(true)
                    : consoles.attach(definition.spec(), domid, place.frame, place.port, null)
                            .map(true);
        }

        /** INVARIANT: asked just before the attach is sent, so that none can follow the detach of a teardown and hold a dead boot's memory. */
        private boolean isFree() {
            return isThere() && domain.work() == KeptDomain.Work.NONE;
        }

        private boolean isThere() {
            return !stopping && domain.isAt(domid) && !domain.isDying();
        }

        private void later() {
            if (isThere()) {
                patience.pause(pause)
                        .compose(over -> isThere() ? attempt() : Future.succeededFuture())
                        .onFailure(failure -> LOG.debug("{}: its console is not tried any more", domain, failure));
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }

        private void tell(boolean attached) {
            if (attached && told != null) {
                LOG.info("The console of {} is attached after all", domain);
            }
        }

        private void tell(Problem why) {
            if (isThere() && !why.detail().equals(told)) {
                told = why.detail();
                LOG.warn("{} is adopted without its console, which is tried again: {}", domain, told);
            }
        }

        private Future<Place> place() {
            String console = NodeTree.home(domid) + "/console";
            return Future.join(number(console + "/ring-ref"), number(console + "/port"))
                    .map(both -> new Place(both.<Long>resultAt(0), Math.toIntExact(both.<Long>resultAt(1))));
        }
    }

    /** Where a console is: its ring and the guest's end of its event channel. */
    private record Place(long frame, int port) {}

    private Future<Long> number(String path) {
        return store.read(path).map(value -> {
            String text = value.orElse("");
            if (!text.matches("\\d{1,18}")) {
                throw Problem.of(ProblemType.XENSTORE, path + " is " + Problem.quote(text) + ", expected a number")
                        .toException();
            }
            return Long.parseLong(text);
        });
    }
}
