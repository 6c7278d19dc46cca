package dev.xcs.control;

import dev.xcs.journal.EventJournal;
import dev.xcs.message.AwaitControl;
import dev.xcs.message.ControlArrived;
import dev.xcs.message.ControlLocated;
import dev.xcs.message.ControlRange;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.FetchControlRange;
import dev.xcs.message.LocateControl;
import dev.xcs.message.RequestAnswered;
import dev.xcs.message.RequestControl;
import dev.xcs.message.RouteControl;
import dev.xcs.message.ShutdownAsked;
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
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 *   <tr><td>NETIF_BE CREATE, DESTROY, CREDITLIMIT</td><td>as requests: to attach, detach and limit a vif</td></tr>
 *   <tr><td>BLKIF_BE VBD_CREATE, VBD_DESTROY, VBD_GROW</td><td>requests to attach, detach and grow a disk; told as CREATE and DESTROY, for each disk has a backend of its own</td></tr>
 *   <tr><td>SHUTDOWN POWEROFF, REBOOT, SUSPEND, SYSRQ</td><td>control/shutdown and control/sysrq; the guest's answer is ACKNOWLEDGED</td></tr>
 *   <tr><td>MEM_REQUEST SET</td><td>memory/target</td></tr>
 *   <tr><td>VCPU_HOTPLUG ON, OFF</td><td>cpu/N/availability</td></tr>
 *   <tr><td>USBIF_*, DEBUG</td><td>nothing yet: requests are refused</td></tr>
 *   <tr><td>VIRQ DOM_EXC</td><td>DOMAIN APPEARED, CHANGED, ENDED, CRASHED (type 64, ours)</td></tr>
 * </table>
 */
public final class ControlRouter extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ControlRouter.class);
    private static final long SYNC_EVERY_MILLIS = 1000;

    private final EventJournal journal;
    private final Xenstore xenstore;
    private final MeterRegistry meters;
    private final KnownDomains known = new KnownDomains();
    private final Expectations expectations = new Expectations();
    private final SessionTable sessions = new SessionTable(Clock.systemUTC());
    private final AtomicLong furthestBehind = new AtomicLong();
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
        ShutdownAsked.ADDRESS.listen(vertx.eventBus(), asked -> watched.shutdownAsked(asked.domid(), asked.word()));
        answerReaders(vertx.eventBus(), events);
        new SessionDesk(sessions, events).open(vertx.eventBus());
        Requests answerer = new Requests(vertx.eventBus(), xenstore);
        RequestControl.ADDRESS.answer(vertx.eventBus(), request -> request(answerer, events, request));
        vertx.setPeriodic(SYNC_EVERY_MILLIS, timer -> {
            sessions.expire();
            furthestBehind.set(sessions.furthestBehind(events.next()));
            events.syncAndTrim();
        });
        measureSessions();
        HypervisorLogSource hypervisor = new HypervisorLogSource(vertx, known, events::add);
        // Not waited for: nobody needs it to begin.
        events.newest(message -> message.subtype() == ControlSubtype.HYPERVISOR_LINE)
                .onSuccess(last ->
                        hypervisor.start(last.map(HypervisorLogSource::after).orElse(0L)))
                .onFailure(failure -> LOG.error("The hypervisor's log is not followed", failure));
        return watched.start();
    }

    @Override
    public Future<?> stop() {
        Future<Void> unwatched = source == null ? Future.succeededFuture() : source.close();
        return unwatched
                .onFailure(failure -> LOG.debug("The watch ends with its connection", failure))
                .eventually(() -> log == null ? Future.<Void>succeededFuture() : log.close());
    }

    private void measureSessions() {
        Gauge.builder("xcs.control.sessions", sessions, SessionTable::size)
                .description("Sessions of tools")
                .register(meters);
        Gauge.builder("xcs.control.sessions.behind", furthestBehind, AtomicLong::get)
                .description("Control messages that the session furthest behind has still to be given")
                .baseUnit("messages")
                .register(meters);
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
        LocateControl.ADDRESS.answer(bus, ask -> events.before(ask.time()).map(ControlLocated::new));
    }

    /** Exactly one response: the first of done, refused and the deadline; what comes later is nobody's. */
    private Future<RequestAnswered> request(Requests answerer, EventLog events, RequestControl request) {
        if (request.session() != null) {
            sessions.get(request.session());
        }
        sessions.refuseWhenLocked(
                request.session(), request.domain(), request.subtype().type());
        String id = "r" + Long.toString(events.next(), 36) + "-" + Long.toString(++requests, 36);
        UUID domain = request.domain();
        expectations.expect(domain, request.subtype(), request.payload(), id, request.requestor());
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
            boolean wasDone = done.succeeded() && done.result().outcome().outcome() == RequestOutcome.Kind.DONE;
            ControlMessage effect = effect(request, id);
            if (wasDone && request.payload() instanceof ControlPayload.Sysrq sysrq) {
                pressed(events, effect, id, sysrq.key());
                return;
            }
            // The change may be told by xenstore after the answer: the tie is kept a little longer.
            vertx.setTimer(SYNC_EVERY_MILLIS, timer -> {
                boolean told = expectations.forget(domain, request.subtype(), id);
                // A limit that is taken away leaves no node: then only the request itself tells of it.
                if (!told && wasDone && request.subtype() == ControlSubtype.NETIF_BE_CREDITLIMIT) {
                    events.add(effect);
                }
            });
        });
    }

    /** Told at once, before whatever is asked of the guest next: it may have taken the key before the watch can be followed up. */
    private void pressed(EventLog events, ControlMessage effect, String id, String key) {
        if (!expectations.forget(Objects.requireNonNull(effect.domain()), effect.subtype(), id)) {
            events.add(effect);
            if (source != null) {
                source.sysrqTold(effect.domid(), key);
            }
        }
    }

    private ControlMessage effect(RequestControl request, String id) {
        int domid = known.domidOf(request.domain());
        return ControlMessage.about(request.domain(), domid, request.subtype(), request.payload())
                .onBehalfOf(id, request.requestor());
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
