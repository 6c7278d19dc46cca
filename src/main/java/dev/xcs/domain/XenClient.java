package dev.xcs.domain;

import dev.xcs.bus.BusMessage;
import dev.xcs.message.BuildXenDomain;
import dev.xcs.message.CreateXenDomain;
import dev.xcs.message.DestroyXenDomain;
import dev.xcs.message.ListXenDomains;
import dev.xcs.message.PauseXenDomain;
import dev.xcs.message.ReadHost;
import dev.xcs.message.ReadKernel;
import dev.xcs.message.UnpauseXenDomain;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.HostInfo;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.util.List;
import java.util.Set;

/** What the domains ask of the native verticle. */
final class XenClient {
    /** What of an HVM guest's memory its device model populates, for the display. */
    private static final int DISPLAY_MIB = 16;

    private final EventBus bus;
    private final Deadlines deadlines;

    XenClient(EventBus bus, Deadlines deadlines) {
        this.bus = bus;
        this.deadlines = deadlines;
    }

    Future<List<DomainInfo>> list() {
        return ListXenDomains.ADDRESS
                .ask(bus, new ListXenDomains(), deadlines.hypercall())
                .map(listed -> listed.domains());
    }

    Future<HostInfo> host() {
        return ReadHost.ADDRESS.ask(bus, new ReadHost(), deadlines.hypercall()).map(read -> read.host());
    }

    /** As what a kernel can be booted; takes as long as a build when nobody has looked at it yet. */
    Future<Set<DomainType>> bootable(String kernel) {
        return ReadKernel.ADDRESS
                .ask(bus, new ReadKernel(kernel), deadlines.build())
                .map(read -> read.bootable());
    }

    Future<Integer> create(DomainSpec spec) {
        CreateXenDomain wanted = new CreateXenDomain(spec.uuid(), spec.type(), spec.vcpus());
        return CreateXenDomain.ADDRESS.ask(bus, wanted, deadlines.hypercall()).map(created -> created.domid());
    }

    Future<BuiltDomain> build(DomainSpec spec, int domid) {
        int populated = spec.memoryMib() - (spec.type() == DomainType.HVM ? DISPLAY_MIB : 0);
        BuildRequest request = new BuildRequest(
                domid, spec.type(), populated, spec.vcpus(), spec.kernel(), spec.ramdisk(), spec.cmdline());
        return BuildXenDomain.ADDRESS
                .ask(bus, new BuildXenDomain(request), deadlines.build())
                .map(done -> done.built());
    }

    Future<Void> pause(int domid) {
        return done(PauseXenDomain.ADDRESS.ask(bus, new PauseXenDomain(domid), deadlines.hypercall()));
    }

    Future<Void> unpause(int domid) {
        return done(UnpauseXenDomain.ADDRESS.ask(bus, new UnpauseXenDomain(domid), deadlines.hypercall()));
    }

    /** Destroying a big guest frees its memory inside the hypercall, so it gets longer than the others. */
    Future<Void> destroy(int domid) {
        return done(DestroyXenDomain.ADDRESS.ask(bus, new DestroyXenDomain(domid), deadlines.destroy()));
    }

    private static Future<Void> done(Future<? extends BusMessage> answer) {
        return answer.mapEmpty();
    }
}
