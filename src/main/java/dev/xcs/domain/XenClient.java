package dev.xcs.domain;

import dev.xcs.bus.BusMessage;
import dev.xcs.config.DaemonConfig.HvmConfig;
import dev.xcs.message.BuildXenDomain;
import dev.xcs.message.CreateXenDomain;
import dev.xcs.message.DestroyXenDomain;
import dev.xcs.message.FindSimKernel;
import dev.xcs.message.ListXenDomains;
import dev.xcs.message.PauseXenDomain;
import dev.xcs.message.PrepareKernel;
import dev.xcs.message.ReadHost;
import dev.xcs.message.ReadKernel;
import dev.xcs.message.UnpauseXenDomain;
import dev.xcs.model.BootArguments;
import dev.xcs.model.BootModules;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.FirmwareKind;
import dev.xcs.model.HostInfo;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.ImageReport;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the domains ask of the native verticle. */
final class XenClient {
    private static final Logger LOG = LoggerFactory.getLogger(XenClient.class);

    private final EventBus bus;
    private final Deadlines deadlines;
    private final HvmConfig hvm;

    XenClient(EventBus bus, Deadlines deadlines, HvmConfig hvm) {
        this.bus = bus;
        this.deadlines = deadlines;
        this.hvm = hvm;
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

    /** Nobody waits for it, and a kernel that cannot be unpacked is told of when it is to be booted. */
    void prepare(String kernel) {
        PrepareKernel.ADDRESS
                .ask(bus, new PrepareKernel(kernel), deadlines.build())
                .onFailure(failure -> LOG.debug("{} is not prepared: {}", kernel, failure.getMessage()));
    }

    Future<Integer> create(DomainSpec spec) {
        CreateXenDomain wanted = new CreateXenDomain(spec.uuid(), spec.type(), spec.vcpus());
        return CreateXenDomain.ADDRESS.ask(bus, wanted, deadlines.hypercall()).map(created -> created.domid());
    }

    Future<BuiltDomain> build(DomainSpec spec, int domid) {
        HvmSpec pc = spec.hvm();
        return pc == null
                ? build(new BuildRequest(
                        domid,
                        spec.type(),
                        spec.memoryMib(),
                        spec.vcpus(),
                        spec.kernel(),
                        BootModules.of(spec),
                        BootArguments.of(spec)))
                : build(loaded(spec, pc, domid)).recover(failure -> named(failure, pc));
    }

    private Future<BuiltDomain> build(BuildRequest request) {
        return BuildXenDomain.ADDRESS
                .ask(bus, new BuildXenDomain(request), deadlines.build())
                .map(done -> done.built());
    }

    /** As the files are called now: another Xen, or another configuration, may have come since the domain was made. */
    private BuildRequest loaded(DomainSpec spec, HvmSpec pc, int domid) {
        return new BuildRequest(
                domid,
                spec.type(),
                spec.memoryMib() - pc.vga().memoryMib(),
                spec.vcpus(),
                hvm.hvmloader().toString(),
                List.of(List.of(firmware(pc).toString())),
                null);
    }

    Path firmware(HvmSpec pc) {
        return pc.firmware() == FirmwareKind.UEFI ? hvm.uefi() : hvm.bios();
    }

    /** Whoever asked for the domain knows of no kernel and no ramdisk. */
    private static Future<BuiltDomain> named(Throwable failure, HvmSpec pc) {
        Problem problem = ProblemException.of(failure);
        if (problem.type() != ProblemType.BAD_IMAGE) {
            return Future.failedFuture(failure);
        }
        String key = "ramdisk".equals(problem.field())
                ? "domain.hvm-" + pc.firmware().json()
                : "domain." + HvmSpec.LOADER;
        return Future.failedFuture(
                new ProblemException(problem.atField("firmware").withCause(key + " says which file it is"), failure));
    }

    /** What a kernel of the simulated host is; nothing on a real one. */
    Future<Optional<ImageReport>> simulated(String kernel) {
        return FindSimKernel.ADDRESS
                .ask(bus, new FindSimKernel(kernel), deadlines.hypercall())
                .map(found -> Optional.ofNullable(found.image()));
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
