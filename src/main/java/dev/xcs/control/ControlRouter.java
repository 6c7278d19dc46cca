package dev.xcs.control;

import dev.xcs.journal.EventJournal;
import dev.xcs.message.AcknowledgeSession;
import dev.xcs.message.AttachSession;
import dev.xcs.message.AwaitControl;
import dev.xcs.message.AwaitSession;
import dev.xcs.message.BindSession;
import dev.xcs.message.CloseSession;
import dev.xcs.message.ControlArrived;
import dev.xcs.message.ControlRange;
import dev.xcs.message.DetachSession;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.Done;
import dev.xcs.message.FetchControlRange;
import dev.xcs.message.FetchSession;
import dev.xcs.message.LockControl;
import dev.xcs.message.OpenSession;
import dev.xcs.message.RequestAnswered;
import dev.xcs.message.RequestControl;
import dev.xcs.message.RouteControl;
import dev.xcs.message.SessionShown;
import dev.xcs.message.UnbindSession;
import dev.xcs.message.UnlockControl;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.RequestOutcome;
import dev.xcs.model.ShutdownReason;
import dev.xcs.xenstore.Xenstore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.EventBus;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The switch. Facts come in as {@link RouteControl} and from xenstore, get a sequence number without gaps, are journaled and then given once to
 * every reader that wants them. Requests go down here too; each gets exactly one response, to its sender only.
 *
 * <p>What the classic messages are on today's Xen:
 *
 * <table>
 *   <caption>Classic message and what it is now</caption>
 *   <tr><th>Classic</th><th>Today</th></tr>
 *   <tr><td>CONSOLE DATA</td><td>the console ring; here only as ACTIVITY and MILESTONE, the bytes go over the console websocket</td></tr>
 *   <tr><td>BLKIF_FE INTERFACE_CONNECT, NETIF_FE INTERFACE_CONNECT</td><td>frontend state Initialised (3)</td></tr>
 *   <tr><td>BLKIF_FE INTERFACE_STATUS, NETIF_FE INTERFACE_STATUS</td><td>frontend state Connected (4), or any other that is no request</td></tr>
 *   <tr><td>BLKIF_FE INTERFACE_DISCONNECT, NETIF_FE INTERFACE_DISCONNECT</td><td>frontend state Closing (5)</td></tr>
 *   <tr><td>BLKIF_BE CREATE, NETIF_BE CREATE</td><td>backend states Initialising to Initialised (1 to 3)</td></tr>
 *   <tr><td>BLKIF_BE CONNECT, NETIF_BE CONNECT</td><td>backend state Connected (4)</td></tr>
 *   <tr><td>BLKIF_BE DISCONNECT, NETIF_BE DISCONNECT</td><td>backend states Closing and Closed (5, 6)</td></tr>
 *   <tr><td>BLKIF_BE DESTROY, NETIF_BE DESTROY</td><td>the backend's directory is removed</td></tr>
 *   <tr><td>BLKIF_BE VBD_*</td><td>part of CREATE and DESTROY: one backend for each disk</td></tr>
 *   <tr><td>SHUTDOWN POWEROFF, REBOOT, SUSPEND, SYSRQ</td><td>control/shutdown and control/sysrq; the guest's answer is ACKNOWLEDGED</td></tr>
 *   <tr><td>MEM_REQUEST SET</td><td>memory/target</td></tr>
 *   <tr><td>VCPU_HOTPLUG ON, OFF</td><td>cpu/N/availability</td></tr>
 *   <tr><td>USBIF_*, DEBUG</td><td>nothing yet: requests are refused</td></tr>
 *   <tr><td>VIRQ DOM_EXC</td><td>DOMAIN APPEARED, CHANGED, ENDED, CRASHED (type 64, ours)</td></tr>
 * </table>
 */
public final class ControlRouter extends VerticleBase {
    private static final long SYNC_EVERY_MILLIS = 1000;

    private final EventJournal journal;
    private final Xenstore xenstore;
    private final MeterRegistry meters;
    private final KnownDomains known = new KnownDomains();
    private final Expectations expectations = new Expectations();
    private final SessionTable sessions = new SessionTable(Clock.systemUTC());
    private @Nullable EventLog log;
    private @Nullable XenstoreSource source;
    private long requests;

    public ControlRouter(EventJournal journal, Xenstore xenstore, MeterRegistry meters) {
        this.journal = journal;
        this.xenstore = xenstore;
        this.meters = meters;
    }

    @Override
    public Future<?> start() {
        EventLog events = new EventLog(vertx, journal, meters);
        XenstoreSource watched =
                new XenstoreSource(xenstore, known, message -> events.add(expectations.attribute(message)));
        log = events;
        source = watched;
        listen(vertx.eventBus(), events);
        answerReaders(vertx.eventBus(), events);
        answerSessions(vertx.eventBus(), events);
        Requests answerer = new Requests(vertx.eventBus(), xenstore);
        RequestControl.ADDRESS.answer(vertx.eventBus(), request -> request(answerer, events, request));
        vertx.setPeriodic(SYNC_EVERY_MILLIS, timer -> {
            sessions.expire();
            events.syncAndTrim();
        });
        Gauge.builder("xcs.control.sessions", sessions, SessionTable::size)
                .description("Sessions of tools")
                .register(meters);
        return watched.start();
    }

    @Override
    public Future<?> stop() {
        return log == null ? Future.succeededFuture() : log.close();
    }

    private void listen(EventBus bus, EventLog events) {
        RouteControl.ADDRESS.listen(bus, routed -> events.add(expectations.attribute(routed.message())));
        DomainChanged.ADDRESS.listen(bus, changed -> lifecycle(events, changed));
    }

    private void lifecycle(EventLog events, DomainChanged changed) {
        Domain domain = changed.domain();
        if (changed.gone()) {
            known.remove(domain);
            forget(domain.domid());
            tell(events, domain, ended(changed.reason()), null, changed.reason());
            return;
        }
        Optional<Domain> before = known.put(domain);
        before.filter(was -> was.domid() != domain.domid()).ifPresent(was -> forget(was.domid()));
        if (before.isEmpty()) {
            tell(events, domain, ControlSubtype.DOMAIN_APPEARED, domain.state(), null);
        } else if (before.get().state() != domain.state() || before.get().domid() != domain.domid()) {
            boolean crashed = domain.state() == DomainState.CRASHED;
            tell(
                    events,
                    domain,
                    crashed ? ControlSubtype.DOMAIN_CRASHED : ControlSubtype.DOMAIN_CHANGED,
                    domain.state(),
                    changed.reason());
        }
    }

    private static ControlSubtype ended(@Nullable ShutdownReason reason) {
        return reason == ShutdownReason.CRASH ? ControlSubtype.DOMAIN_CRASHED : ControlSubtype.DOMAIN_ENDED;
    }

    private void forget(int domid) {
        if (source != null) {
            source.forget(domid);
        }
    }

    private void tell(
            EventLog events,
            Domain domain,
            ControlSubtype subtype,
            @Nullable DomainState state,
            @Nullable ShutdownReason reason) {
        events.add(expectations.attribute(ControlMessage.about(
                domain.uuid(), domain.domid(), subtype, new ControlPayload.Lifecycle(domain.name(), state, reason))));
    }

    private void answerReaders(EventBus bus, EventLog events) {
        AwaitControl.ADDRESS.answer(
                bus,
                ask -> events.await(ask.filter()::matches, ask.after(), ask.max(), ask.waitMillis())
                        .map(ControlArrived::new));
        FetchControlRange.ADDRESS.answer(
                bus, ask -> Future.succeededFuture(new ControlRange(events.first(), events.next())));
    }

    private void answerSessions(EventBus bus, EventLog events) {
        OpenSession.ADDRESS.answer(bus, ask -> shown(sessions.open(ask.name(), ask.graceSeconds(), events.next() - 1)));
        FetchSession.ADDRESS.answer(bus, ask -> shown(sessions.get(ask.id())));
        CloseSession.ADDRESS.answer(bus, ask -> {
            sessions.close(ask.id());
            return Future.succeededFuture(new Done());
        });
        BindSession.ADDRESS.answer(bus, ask -> {
            sessions.bind(sessions.get(ask.id()), ask.binding(), events.next() - 1);
            return shown(sessions.get(ask.id()));
        });
        UnbindSession.ADDRESS.answer(bus, ask -> unbind(ask));
        AttachSession.ADDRESS.answer(bus, ask -> {
            Session session = sessions.get(ask.id());
            session.attach(ask.stream(), ask.after());
            return shown(session);
        });
        DetachSession.ADDRESS.answer(bus, ask -> {
            sessions.detach(ask.id(), ask.stream());
            return Future.succeededFuture(new Done());
        });
        AcknowledgeSession.ADDRESS.answer(bus, ask -> {
            sessions.get(ask.id()).acknowledge(ask.sequence());
            return Future.succeededFuture(new Done());
        });
        AwaitSession.ADDRESS.answer(bus, ask -> next(events, ask));
        LockControl.ADDRESS.answer(bus, ask -> {
            sessions.lock(sessions.get(ask.id()), ask.pair());
            return shown(sessions.get(ask.id()));
        });
        UnlockControl.ADDRESS.answer(bus, ask -> {
            sessions.get(ask.id()).locks().remove(ask.pair());
            return shown(sessions.get(ask.id()));
        });
    }

    private Future<SessionShown> unbind(UnbindSession ask) {
        Session session = sessions.get(ask.id());
        if (!session.unbind(ask.binding())) {
            throw Problem.of(ProblemType.NOT_FOUND, "The session has no such binding")
                    .withField("binding")
                    .toException();
        }
        return shown(session);
    }

    private Future<ControlArrived> next(EventLog events, AwaitSession ask) {
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

    private static Future<SessionShown> shown(Session session) {
        return Future.succeededFuture(new SessionShown(session.view()));
    }

    /** Exactly one response: the first of done, refused and the deadline; what comes later is nobody's. */
    private Future<RequestAnswered> request(Requests answerer, EventLog events, RequestControl request) {
        sessions.refuseWhenLocked(
                request.session(), request.domain(), request.subtype().type());
        String id = "r" + Long.toString(events.next(), 36) + "-" + Long.toString(++requests, 36);
        UUID domain = request.domain();
        expectations.expect(domain, request.subtype(), id, request.requestor());
        Promise<RequestAnswered> answer = Promise.promise();
        long deadline = vertx.setTimer(
                Math.max(1, request.deadlineMillis()),
                timer -> answer.tryComplete(answered(id, RequestOutcome.Kind.TIMED_OUT, late(request))));
        answerer.carryOut(request)
                .onComplete(done -> answer.tryComplete(
                        done.succeeded()
                                ? answered(id, RequestOutcome.Kind.DONE, null)
                                : answered(id, outcome(done.cause()), ProblemException.of(done.cause()))));
        return answer.future().onComplete(done -> {
            vertx.cancelTimer(deadline);
            // The change may be told by xenstore after the answer: the tie is kept a little longer.
            vertx.setTimer(SYNC_EVERY_MILLIS, timer -> expectations.forget(domain, request.subtype(), id));
        });
    }

    private static RequestOutcome.Kind outcome(Throwable failure) {
        return ProblemException.of(failure).type() == ProblemType.TIMEOUT
                ? RequestOutcome.Kind.TIMED_OUT
                : RequestOutcome.Kind.REFUSED;
    }

    private static Problem late(RequestControl request) {
        return Problem.of(
                        ProblemType.TIMEOUT,
                        request.subtype().json() + " was not answered within " + request.deadlineMillis() + " ms")
                .asRetryable();
    }

    private static RequestAnswered answered(String id, RequestOutcome.Kind kind, @Nullable Problem problem) {
        return new RequestAnswered(new RequestOutcome(id, kind, problem));
    }
}
