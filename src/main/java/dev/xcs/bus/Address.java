package dev.xcs.bus;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where a kind of message is said, and what is answered there. The only place that touches the event bus.
 *
 * @param name {@code xcs.<part>.<verb>}, one record per address
 * @param <Q> what is said or asked
 * @param <R> what is answered; {@link BusMessage} where nothing is
 */
public record Address<Q extends BusMessage, R extends BusMessage>(String name) {
    /** How long {@link #ask(EventBus, BusMessage)} waits for an answer. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    /** The same address for one thing only, for example one domain. */
    public Address<Q, R> at(Object which) {
        return new Address<>(name + "." + which);
    }

    /** Tells everybody who listens. */
    public void publish(EventBus bus, Q message) {
        bus.publish(name, message);
    }

    public Future<R> ask(EventBus bus, Q message) {
        return ask(bus, message, DEFAULT_TIMEOUT);
    }

    /** Asks the one who answers here; fails with a {@link ProblemException} only. */
    public Future<R> ask(EventBus bus, Q message, Duration timeout) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(timeout.toMillis());
        return bus.<R>request(name, message, options)
                .map(reply -> reply.body())
                .recover(failure -> Future.failedFuture(asProblem(failure)));
    }

    /** Hears what is published. */
    public MessageConsumer<Q> listen(EventBus bus, Consumer<Q> listener) {
        return bus.<Q>consumer(name, message -> listener.accept(message.body()));
    }

    /** Answers what is asked; a failed future or a thrown problem reaches the asker as its problem. */
    public MessageConsumer<Q> answer(EventBus bus, Function<Q, Future<R>> answerer) {
        return bus.<Q>consumer(
                name,
                message -> attempt(answerer, message.body())
                        .onSuccess(message::reply)
                        .onFailure(failure -> message.reply(new BusFailure(ProblemException.of(failure)))));
    }

    private static <Q, R> Future<R> attempt(Function<Q, Future<R>> answerer, Q question) {
        try {
            return answerer.apply(question);
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }

    private ProblemException asProblem(Throwable failure) {
        if (failure instanceof BusFailure known) {
            return new ProblemException(known.problem(), known);
        }
        if (failure instanceof ReplyException reply) {
            ProblemType type =
                    reply.failureType() == ReplyFailure.TIMEOUT ? ProblemType.TIMEOUT : ProblemType.UNAVAILABLE;
            String why = type == ProblemType.TIMEOUT ? " did not answer in time" : " is not running";
            return new ProblemException(Problem.of(type, name + why).asRetryable(), reply);
        }
        return new ProblemException(ProblemException.of(failure), failure);
    }
}
