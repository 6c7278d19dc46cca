package dev.xcs.domain;

import dev.xcs.message.AlterVif;
import dev.xcs.message.EndVifs;
import dev.xcs.message.PlaceVifs;
import dev.xcs.message.PlugVif;
import dev.xcs.message.PrepareVifs;
import dev.xcs.message.ReleaseVifs;
import dev.xcs.message.ResumeVifs;
import dev.xcs.message.ShowVifs;
import dev.xcs.message.TakeVifs;
import dev.xcs.message.UnplugVif;
import dev.xcs.message.VifAltered;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.VifChange;
import dev.xcs.model.VifSpec;
import dev.xcs.model.VifView;
import dev.xcs.xenstore.Change;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** What the domains ask of the network backend. */
final class VifClient implements BootClient {
    /** Longer than hotplug scripts and a network that is made anew may take, one after the other. */
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    private final EventBus bus;

    VifClient(EventBus bus) {
        this.bus = bus;
    }

    @Override
    public String step() {
        return "vifs";
    }

    @Override
    public Future<UnaryOperator<DomainSpec>> prepare(DomainSpec spec) {
        return spec.vifs().isEmpty()
                ? Future.succeededFuture(UnaryOperator.identity())
                : PrepareVifs.ADDRESS
                        .ask(bus, new PrepareVifs(spec.uuid(), spec.name(), spec.vifs()), TIMEOUT)
                        .map(prepared -> before -> before.withVifs(prepared.vifs()));
    }

    @Override
    public Future<List<Change>> place(DomainSpec spec, int domid) {
        return spec.vifs().isEmpty()
                ? Future.succeededFuture(List.of())
                : PlaceVifs.ADDRESS
                        .ask(bus, new PlaceVifs(spec.uuid(), domid), TIMEOUT)
                        .map(placed -> placed.nodes().stream()
                                .flatMap(node -> Change.of(node).stream())
                                .toList());
    }

    @Override
    public Future<Void> take(DomainSpec spec) {
        return spec.vifs().isEmpty()
                ? Future.succeededFuture()
                : TakeVifs.ADDRESS.ask(bus, new TakeVifs(spec.uuid()), TIMEOUT).mapEmpty();
    }

    @Override
    public Future<Void> end(UUID uuid, int domid) {
        return EndVifs.ADDRESS.ask(bus, new EndVifs(uuid, domid), TIMEOUT).mapEmpty();
    }

    @Override
    public Future<Void> release(UUID uuid) {
        return ReleaseVifs.ADDRESS.ask(bus, new ReleaseVifs(uuid), TIMEOUT).mapEmpty();
    }

    Future<List<VifSpec>> resume(DomainSpec spec, int domid) {
        return ResumeVifs.ADDRESS
                .ask(bus, new ResumeVifs(spec.uuid(), spec.name(), domid, spec.vifs()), TIMEOUT)
                .map(resumed -> resumed.vifs());
    }

    Future<VifView> plug(KeptDomain domain, VifSpec vif, boolean await) {
        return PlugVif.ADDRESS
                .ask(bus, new PlugVif(domain.uuid(), domain.name(), domain.domid(), vif, await), TIMEOUT)
                .map(shown -> shown.vif());
    }

    Future<Void> unplug(KeptDomain domain, int index, boolean force) {
        return UnplugVif.ADDRESS
                .ask(bus, new UnplugVif(domain.uuid(), domain.domid(), index, force), TIMEOUT)
                .mapEmpty();
    }

    Future<VifAltered> alter(KeptDomain domain, int index, VifChange change) {
        return AlterVif.ADDRESS.ask(bus, new AlterVif(domain.uuid(), domain.domid(), index, change), TIMEOUT);
    }

    Future<List<VifView>> show(KeptDomain domain, List<VifSpec> vifs) {
        return ShowVifs.ADDRESS
                .ask(bus, new ShowVifs(domain.uuid(), domain.domid(), vifs), TIMEOUT)
                .map(shown -> shown.vifs());
    }
}
