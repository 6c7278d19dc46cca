package dev.xcs.domain;

import dev.xcs.model.DomainSpec;
import dev.xcs.model.ProblemException;
import dev.xcs.xenstore.Change;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The devices of a boot, of whatever kind: all back-ends are asked at once, but for those that use what others make. */
final class BootDevices {
    private static final Logger LOG = LoggerFactory.getLogger(BootDevices.class);

    private final List<BootClient> clients;
    private final List<BootClient> makers;
    private final List<BootClient> users;

    BootDevices(BootClient... clients) {
        this.clients = List.of(clients);
        this.makers =
                this.clients.stream().filter(client -> !client.usesOthers()).toList();
        this.users = this.clients.stream().filter(BootClient::usesOthers).toList();
    }

    /** Gives the domain as it was decided on the way; problems name the step. */
    Future<DomainSpec> prepare(DomainSpec spec) {
        List<Future<UnaryOperator<DomainSpec>>> prepared =
                clients.stream().map(client -> in(client, client.prepare(spec))).toList();
        return Future.join(prepared).map(any -> {
            DomainSpec decided = spec;
            for (Future<UnaryOperator<DomainSpec>> part : prepared) {
                decided = part.result().apply(decided);
            }
            return decided;
        });
    }

    Future<List<Change>> place(DomainSpec spec, int domid) {
        List<Future<List<Change>>> placed =
                clients.stream().map(client -> client.place(spec, domid)).toList();
        return Future.join(placed)
                .map(any ->
                        placed.stream().flatMap(part -> part.result().stream()).toList());
    }

    /** Problems name the step. */
    Future<Void> take(DomainSpec spec) {
        return each(makers, client -> client.take(spec)).compose(any -> each(users, client -> client.take(spec)));
    }

    /** What fails is only logged: the boot is dead. */
    Future<Void> end(UUID uuid, int domid) {
        return usersFirst(client -> client.end(uuid, domid)
                .onFailure(failure -> LOG.warn(
                        "The {} of {} are not ended in good order: {}", client.step(), uuid, failure.getMessage()))
                .otherwiseEmpty());
    }

    /** What fails is only logged. */
    Future<Void> release(UUID uuid) {
        return usersFirst(client -> client.release(uuid)
                .onFailure(failure -> LOG.warn(
                        "What the {} of {} had is not given back: {}", client.step(), uuid, failure.getMessage()))
                .otherwiseEmpty());
    }

    private Future<Void> usersFirst(Function<BootClient, Future<Void>> work) {
        return each(users, work).compose(any -> each(makers, work));
    }

    private static Future<Void> each(List<BootClient> clients, Function<BootClient, Future<Void>> work) {
        return Future.join(clients.stream()
                        .map(client -> in(client, work.apply(client)))
                        .toList())
                .mapEmpty();
    }

    private static <T> Future<T> in(BootClient client, Future<T> work) {
        return work.recover(failure -> Future.failedFuture(
                new ProblemException(ProblemException.of(failure).withStep(client.step()), failure)));
    }
}
