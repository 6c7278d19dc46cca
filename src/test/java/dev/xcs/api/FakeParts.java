package dev.xcs.api;

import dev.xcs.message.ChangeDomain;
import dev.xcs.message.ConsoleEnded;
import dev.xcs.message.ConsoleOpened;
import dev.xcs.message.ConsolePrinted;
import dev.xcs.message.CreateDomain;
import dev.xcs.message.DestroyDomain;
import dev.xcs.message.DisplayShown;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.DomainShown;
import dev.xcs.message.DomainsShown;
import dev.xcs.message.Done;
import dev.xcs.message.FetchDisplay;
import dev.xcs.message.FetchDomain;
import dev.xcs.message.FetchDomains;
import dev.xcs.message.HostRead;
import dev.xcs.message.OpenConsole;
import dev.xcs.message.ReadHost;
import dev.xcs.message.TypeConsole;
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

    final Map<UUID, Domain> domains = new ConcurrentHashMap<>();
    final List<DomainSpec> created = new CopyOnWriteArrayList<>();
    final List<ChangeDomain> changes = new CopyOnWriteArrayList<>();
    final List<String> typed = new CopyOnWriteArrayList<>();
    final Buffer printed = Buffer.buffer();
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
        FetchDisplay.ADDRESS.answer(
                bus,
                asked -> display == null
                        ? Future.failedFuture(Problem.of(ProblemType.CONFLICT, "It has no display")
                                .toException())
                        : Future.succeededFuture(new DisplayShown(display)));
        OpenConsole.ADDRESS.answer(bus, asked -> shown(asked.uuid()).map(found -> history()));
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

    private ConsoleOpened history() {
        int from = Math.max(0, printed.length() - HISTORY);
        return new ConsoleOpened(from, printed.getBuffer(from, printed.length()));
    }

    /** The guest prints; on this verticle's event loop, as the real console does. */
    void print(String text) {
        context.runOnContext(run -> {
            Buffer bytes = Buffer.buffer(text);
            long offset = printed.length();
            printed.appendBuffer(bytes);
            ConsolePrinted.ADDRESS.at(GUEST).publish(vertx.eventBus(), new ConsolePrinted(GUEST, offset, bytes));
        });
    }

    /** The guest boots anew, with another domid. */
    void reboot(int domid) {
        Domain old = domains.get(GUEST);
        Domain now = new Domain(
                GUEST, old.name(), domid, old.state(), old.type(), old.memoryMib(), old.vcpus(), 0, old.managed());
        put(now);
        DomainChanged.ADDRESS.publish(vertx.eventBus(), new DomainChanged(now, false, null));
    }

    void end() {
        context.runOnContext(run -> ConsoleEnded.ADDRESS.at(GUEST).publish(vertx.eventBus(), new ConsoleEnded(GUEST)));
    }
}
