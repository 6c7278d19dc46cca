package dev.xcs.control;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.message.AcknowledgeSession;
import dev.xcs.message.AttachSession;
import dev.xcs.message.AwaitSession;
import dev.xcs.message.BindSession;
import dev.xcs.message.CloseSession;
import dev.xcs.message.ControlArrived;
import dev.xcs.message.DetachSession;
import dev.xcs.message.Done;
import dev.xcs.message.FetchSession;
import dev.xcs.message.LockControl;
import dev.xcs.message.OpenSession;
import dev.xcs.message.SessionShown;
import dev.xcs.message.UnbindSession;
import dev.xcs.message.UnlockControl;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.util.function.Function;

/** Answers the tools about their sessions. */
final class SessionDesk {
    private final SessionTable sessions;
    private final EventLog events;

    SessionDesk(SessionTable sessions, EventLog events) {
        this.sessions = sessions;
        this.events = events;
    }

    void open(EventBus bus) {
        show(bus, OpenSession.ADDRESS, ask -> sessions.open(ask.name(), ask.graceSeconds(), ask.bindings(), newest()));
        show(bus, FetchSession.ADDRESS, ask -> sessions.get(ask.id()));
        act(bus, CloseSession.ADDRESS, ask -> sessions.close(ask.id()));
        show(bus, BindSession.ADDRESS, this::bind);
        show(bus, UnbindSession.ADDRESS, this::unbind);
        show(bus, AttachSession.ADDRESS, this::attach);
        act(bus, DetachSession.ADDRESS, ask -> sessions.detach(ask.id(), ask.stream()));
        act(bus, AcknowledgeSession.ADDRESS, ask -> sessions.get(ask.id()).acknowledge(ask.sequence()));
        AwaitSession.ADDRESS.answer(bus, this::next);
        show(bus, LockControl.ADDRESS, this::lock);
        show(bus, UnlockControl.ADDRESS, this::unlock);
    }

    private long newest() {
        return events.next() - 1;
    }

    private static <Q extends BusMessage> void show(
            EventBus bus, Address<Q, SessionShown> address, Function<Q, Session> answerer) {
        address.answer(
                bus,
                ask -> Future.succeededFuture(
                        new SessionShown(answerer.apply(ask).view())));
    }

    private static <Q extends BusMessage> void act(
            EventBus bus, Address<Q, Done> address, java.util.function.Consumer<Q> action) {
        address.answer(bus, ask -> {
            action.accept(ask);
            return Future.succeededFuture(new Done());
        });
    }

    private Session bind(BindSession ask) {
        Session session = sessions.get(ask.id());
        sessions.bind(session, ask.binding(), newest());
        return session;
    }

    private Session unbind(UnbindSession ask) {
        Session session = sessions.get(ask.id());
        if (!session.unbind(ask.binding())) {
            throw Problem.of(ProblemType.NOT_FOUND, "The session has no such binding")
                    .withField("binding")
                    .toException();
        }
        return session;
    }

    /** A place that does not exist yet would swallow what comes: whoever claims it has read another host's journal. */
    private Session attach(AttachSession ask) {
        Session session = sessions.get(ask.id());
        if (ask.after() > newest()) {
            throw Problem.of(
                            ProblemType.GONE,
                            "after: " + ask.after() + ", expected at most " + newest()
                                    + ", the newest; begin anew from /v1/domains")
                    .withField("after")
                    .toException();
        }
        session.attach(ask.stream(), ask.after());
        return session;
    }

    private Future<ControlArrived> next(AwaitSession ask) {
        Session session = readable(ask);
        return events.await(session::wants, session.sent(), ask.max(), ask.waitMillis())
                .map(batch -> {
                    readable(ask).sentUpTo(batch.upTo());
                    return new ControlArrived(batch);
                });
    }

    /** The session, if this stream still reads for it: what a displaced stream takes would be lost to the one that reads now. */
    private Session readable(AwaitSession ask) {
        Session session = sessions.get(ask.id());
        if (!session.isReadBy(ask.stream())) {
            throw Problem.of(ProblemType.CONFLICT, "Another stream reads this session now")
                    .toException();
        }
        return session;
    }

    private Session lock(LockControl ask) {
        Session session = sessions.get(ask.id());
        sessions.lock(session, ask.pair());
        return session;
    }

    private Session unlock(UnlockControl ask) {
        Session session = sessions.get(ask.id());
        session.locks().remove(ask.pair());
        return session;
    }
}
