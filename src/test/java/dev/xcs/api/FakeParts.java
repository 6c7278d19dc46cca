package dev.xcs.api;

import dev.xcs.message.ChangeDomain;
import dev.xcs.message.ConsoleEnded;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsoleJoined;
import dev.xcs.message.ConsoleLogRead;
import dev.xcs.message.ConsolePrinted;
import dev.xcs.message.ConsoleResized;
import dev.xcs.message.ConsoleRestarted;
import dev.xcs.message.ConsoleShown;
import dev.xcs.message.ConsoleWatched;
import dev.xcs.message.CreateDomain;
import dev.xcs.message.DestroyDomain;
import dev.xcs.message.DisplayShown;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.DomainShown;
import dev.xcs.message.DomainsShown;
import dev.xcs.message.Done;
import dev.xcs.message.FetchConsole;
import dev.xcs.message.FetchDisplay;
import dev.xcs.message.FetchDomain;
import dev.xcs.message.FetchDomains;
import dev.xcs.message.HostRead;
import dev.xcs.message.JoinConsole;
import dev.xcs.message.LeaseChanged;
import dev.xcs.message.LeaveConsole;
import dev.xcs.message.ReadConsoleLog;
import dev.xcs.message.ReadHost;
import dev.xcs.message.ReleaseLease;
import dev.xcs.message.ResizeConsole;
import dev.xcs.message.TakeLease;
import dev.xcs.message.TypeConsole;
import dev.xcs.model.ConsoleBoot;
import dev.xcs.model.ConsoleLease;
import dev.xcs.model.ConsoleState;
import dev.xcs.model.ConsoleWatcher;
import dev.xcs.model.Dom0System;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.HostInfo;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The other verticles, as far as the API asks them: domains in a map, a console that prints what it is told to. */
public final class FakeParts extends VerticleBase {
    static final int HISTORY = 64 * 1024;
    static final UUID GUEST = UUID.fromString("5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11");
    static final HostInfo HOST = new HostInfo(
            true,
            Dom0System.LINUX,
            "4.17.7",
            List.of("xen-3.0-x86_64"),
            true,
            true,
            true,
            4,
            2_000_000,
            1,
            8 << 20,
            4 << 20);

    static final List<ConsoleBoot> BOOTS =
            List.of(new ConsoleBoot(1, 2, 0, Instant.EPOCH), new ConsoleBoot(2, 3, 10, Instant.EPOCH));

    final Map<UUID, Domain> domains = new ConcurrentHashMap<>();
    final List<DomainSpec> created = new CopyOnWriteArrayList<>();
    final List<ChangeDomain> changes = new CopyOnWriteArrayList<>();
    final List<String> typed = new CopyOnWriteArrayList<>();
    final List<JoinConsole> joins = new CopyOnWriteArrayList<>();
    final List<ConsoleWatcher> watchers = new CopyOnWriteArrayList<>();
    final Buffer printed = Buffer.buffer();
    /** What is before this offset is not kept. */
    volatile int gone;

    volatile ConsoleLease lease = new ConsoleLease(null, null, null, 600);
    volatile Problem refusal;
    /** The unix socket of the guest's display, or none. */
    volatile String display;

    volatile Problem typeRefusal;

    public FakeParts() {
        reset();
    }

    /** As it was at the start. */
    void reset() {
        domains.clear();
        created.clear();
        changes.clear();
        typed.clear();
        refusal = null;
        typeRefusal = null;
        put(new Domain(new UUID(0, 0), "Domain-0", 0, DomainState.RUNNING, DomainType.PV, 2048, 2, 12.5, false));
        put(new Domain(GUEST, "web", 3, DomainState.RUNNING, DomainType.PV, 128, 1, 0.25, true));
    }

    void put(Domain domain) {
        domains.put(domain.uuid(), domain);
    }

    @Override
    public Future<?> start() {
        EventBus bus = vertx.eventBus();
        ReadHost.ADDRESS.answer(bus, asked -> Future.succeededFuture(new HostRead(HOST)));
        FetchDomains.ADDRESS.answer(
                bus,
                asked -> Future.succeededFuture(new DomainsShown(domains.values().stream()
                        .sorted((a, b) -> a.domid() - b.domid())
                        .toList())));
        FetchDomain.ADDRESS.answer(bus, asked -> shown(asked.uuid()));
        FetchDisplay.ADDRESS.answer(
                bus,
                asked -> display == null
                        ? Future.failedFuture(Problem.of(ProblemType.CONFLICT, "It has no display")
                                .toException())
                        : Future.succeededFuture(new DisplayShown(display)));
        CreateDomain.ADDRESS.answer(bus, asked -> create(asked.spec()));
        ChangeDomain.ADDRESS.answer(bus, asked -> {
            changes.add(asked);
            return shown(asked.uuid());
        });
        DestroyDomain.ADDRESS.answer(
                bus,
                asked -> shown(asked.uuid()).map(found -> {
                    domains.remove(asked.uuid());
                    return new Done();
                }));
        JoinConsole.ADDRESS.answer(bus, asked -> shown(asked.uuid()).map(found -> join(asked)));
        LeaveConsole.ADDRESS.answer(bus, asked -> {
            watchers.removeIf(one -> one.id().equals(asked.viewer()));
            return Future.succeededFuture(new Done());
        });
        FetchConsole.ADDRESS.answer(bus, asked -> shown(asked.uuid()).map(found -> new ConsoleShown(console())));
        ReadConsoleLog.ADDRESS.answer(bus, asked -> shown(asked.uuid()).map(found -> read(asked)));
        TakeLease.ADDRESS.answer(bus, asked -> take(asked.viewer(), asked.steal()));
        ReleaseLease.ADDRESS.answer(bus, asked -> hold(null, "released"));
        ResizeConsole.ADDRESS.answer(bus, asked -> {
            ConsoleResized.ADDRESS
                    .at(GUEST)
                    .publish(bus, new ConsoleResized(asked.uuid(), asked.columns(), asked.rows()));
            return Future.succeededFuture(new Done());
        });
        TypeConsole.ADDRESS.answer(bus, asked -> {
            if (typeRefusal != null) {
                return Future.failedFuture(typeRefusal.toException());
            }
            typed.add(asked.bytes().toString());
            return Future.succeededFuture(new Done());
        });
        return Future.succeededFuture();
    }

    private Future<DomainShown> shown(UUID uuid) {
        Domain domain = domains.get(uuid);
        return domain == null
                ? Future.failedFuture(Problem.of(ProblemType.NOT_FOUND, "There is no domain " + uuid)
                        .toException())
                : Future.succeededFuture(new DomainShown(domain));
    }

    private Future<DomainShown> create(DomainSpec spec) {
        if (refusal != null) {
            return Future.failedFuture(refusal.toException());
        }
        created.add(spec);
        DomainState state = spec.paused() ? DomainState.PAUSED : DomainState.RUNNING;
        put(new Domain(spec.uuid(), spec.name(), 9, state, spec.type(), spec.memoryMib(), spec.vcpus(), 0, true));
        return shown(spec.uuid());
    }

    private ConsoleJoined join(JoinConsole asked) {
        joins.add(asked);
        String id = "v" + joins.size();
        String name = asked.name() == null ? asked.login() + " " + joins.size() : asked.name();
        watchers.add(new ConsoleWatcher(id, name, Instant.EPOCH, !asked.viewOnly()));
        ConsoleWatched.ADDRESS.at(GUEST).publish(vertx.eventBus(), new ConsoleWatched(GUEST, watchers));
        return new ConsoleJoined(id, console());
    }

    private ConsoleState console() {
        return new ConsoleState(
                3,
                Math.max(gone, printed.length() - HISTORY),
                printed.length(),
                2,
                BOOTS,
                watchers,
                lease,
                true,
                false);
    }

    private ConsoleLogRead read(ReadConsoleLog asked) {
        int first = Math.max(gone, printed.length() - HISTORY);
        int from = (int) Math.max(first, asked.from());
        int to = Math.min(printed.length(), from + asked.atMost());
        byte[] bytes = from < to ? printed.getBytes(from, to) : new byte[0];
        return new ConsoleLogRead(ConsoleFrame.of(from, bytes, bytes.length), asked.from() < first);
    }

    private Future<Done> take(String viewer, boolean steal) {
        if (lease.holder() != null && !steal) {
            return Future.failedFuture(Problem.of(ProblemType.CONSOLE_LEASE_NEEDED, lease.name() + " has it")
                    .toException());
        }
        return hold(viewer, lease.holder() == null ? "granted" : "stolen");
    }

    private Future<Done> hold(String viewer, String reason) {
        String name = watchers.stream()
                .filter(one -> one.id().equals(viewer))
                .map(ConsoleWatcher::name)
                .findFirst()
                .orElse(null);
        lease = new ConsoleLease(viewer, name, viewer == null ? null : Instant.EPOCH, 600);
        LeaseChanged.ADDRESS.at(GUEST).publish(vertx.eventBus(), new LeaseChanged(GUEST, lease, reason));
        return Future.succeededFuture(new Done());
    }

    /** The guest prints; on this verticle's event loop, as the real console does. */
    void print(String text) {
        context.runOnContext(run -> {
            Buffer bytes = Buffer.buffer(text);
            long offset = printed.length();
            printed.appendBuffer(bytes);
            Buffer frame = ConsoleFrame.of(offset, bytes.getBytes(), bytes.length());
            ConsolePrinted.ADDRESS.at(GUEST).publish(vertx.eventBus(), new ConsolePrinted(GUEST, frame));
        });
    }

    /** The guest boots anew, with another domid. */
    void reboot(int domid) {
        Domain old = domains.get(GUEST);
        Domain now = new Domain(
                GUEST, old.name(), domid, old.state(), old.type(), old.memoryMib(), old.vcpus(), 0, old.managed());
        put(now);
        ConsoleRestarted.ADDRESS
                .at(GUEST)
                .publish(vertx.eventBus(), new ConsoleRestarted(GUEST, 3, domid, printed.length()));
        DomainChanged.ADDRESS.publish(vertx.eventBus(), new DomainChanged(now, false, null));
    }

    void end() {
        context.runOnContext(run -> ConsoleEnded.ADDRESS.at(GUEST).publish(vertx.eventBus(), new ConsoleEnded(GUEST)));
    }
}
