package dev.xcs.domain;

import dev.xcs.message.ShutdownAsked;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.Change;
import dev.xcs.xenstore.GuestHome;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Consumer;

/**
 * Asks a guest to shut down or to reboot: writes control/shutdown, which the guest empties when it has taken the request.
 */
final class ShutdownRequest {
    private final Xenstore store;
    private final Consumer<ShutdownAsked> asked;
    private final Patience patience;
    private final Deadlines deadlines;

    /** @param asked told of every request that was written */
    ShutdownRequest(Xenstore store, Consumer<ShutdownAsked> asked, Patience patience, Deadlines deadlines) {
        this.asked = asked;
        this.store = store;
        this.patience = patience;
        this.deadlines = deadlines;
    }

    /**
     * Done when the guest has taken the request or has ended.
     *
     * @param word {@code poweroff} or {@code reboot}
     */
    Future<Void> ask(KeptDomain domain, String word, Preemption preemption) {
        String path = NodeTree.shutdownRequest(domain.domid());
        Promise<Void> taken = Promise.promise();
        Promise<Void> written = Promise.promise();
        return store.watch(path, any -> look(path, written.future(), taken))
                .compose(watch -> new GuestHome(store, domain.uuid(), domain.domid())
                        .write("control/shutdown", word)
                        .onSuccess(any -> asked.accept(new ShutdownAsked(domain.domid(), word)))
                        .onSuccess(written::tryComplete)
                        .onSuccess(any -> look(path, written.future(), taken))
                        .compose(any -> await(domain, taken.future(), preemption))
                        .eventually(watch::cancel))
                .recover(failure -> ProblemException.of(failure).type() == ProblemType.TIMEOUT
                        ? giveUp(domain, path, word)
                        : Future.failedFuture(failure));
    }

    /** What was read before the request was written says nothing. */
    private void look(String path, Future<Void> written, Promise<Void> taken) {
        if (written.succeeded()) {
            store.read(path)
                    .onSuccess(value -> {
                        if (value.orElse("").isEmpty()) {
                            taken.tryComplete();
                        }
                    })
                    .onFailure(taken::tryFail);
        }
    }

    private Future<Void> await(KeptDomain domain, Future<Void> taken, Preemption preemption) {
        Future<Void> reaction = Future.any(taken, domain.untilEnded()).mapEmpty();
        return preemption.orPreempted(patience.within(reaction, deadlines.react()));
    }

    /** Takes the request back, so that the guest does not shut down when it comes to itself next week. */
    private Future<Void> giveUp(KeptDomain domain, String path, String word) {
        String feature = NodeTree.home(domain.domid()) + "/control/feature-" + word;
        Future<Void> withdrawn = store.transaction(transaction -> transaction
                .read(path)
                .compose(value -> value.isPresent() && value.get().equals(word)
                        ? transaction.apply(Change.write(path, ""))
                        : Future.succeededFuture()));
        return withdrawn.transform(any -> store.read(feature)).transform(able -> {
            boolean can = able.succeeded() && able.result().filter("1"::equals).isPresent();
            return Future.failedFuture(noReaction(domain, word, can).toException());
        });
    }

    private Problem noReaction(KeptDomain domain, String word, boolean can) {
        String detail = domain.name() + " did not react to the request to " + word + " within "
                + deadlines.react().toSeconds() + " s; the request was taken back";
        String cause = can
                ? "its kernel takes such requests, so it may hang; delete it to end it by force"
                : "its kernel has not said that it takes such requests: it may not have booted that far; "
                        + "delete it to end it by force";
        return Problem.of(ProblemType.TIMEOUT, detail)
                .withStep(word)
                .withCause(cause)
                .asRetryable();
    }
}
