package dev.xcs.gateway;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.hypervisor.EventChannels;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.HypervisorLog;
import dev.xcs.hypervisor.Kernels;
import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.message.AttachLoop;
import dev.xcs.message.AttachTerminal;
import dev.xcs.message.AwaitEvents;
import dev.xcs.message.BackingExamined;
import dev.xcs.message.BindChannel;
import dev.xcs.message.BuildXenDomain;
import dev.xcs.message.CloseTerminal;
import dev.xcs.message.ConnectVif;
import dev.xcs.message.CreateXenDomain;
import dev.xcs.message.DestroyXenDomain;
import dev.xcs.message.DetachTerminal;
import dev.xcs.message.DeviceAttached;
import dev.xcs.message.DeviceSized;
import dev.xcs.message.DisconnectVif;
import dev.xcs.message.DiskStatisticsRead;
import dev.xcs.message.Done;
import dev.xcs.message.EventsRaised;
import dev.xcs.message.ExamineBacking;
import dev.xcs.message.FindNbd;
import dev.xcs.message.FindSimKernel;
import dev.xcs.message.ForgetKernels;
import dev.xcs.message.HoldDevice;
import dev.xcs.message.HostNetworksListed;
import dev.xcs.message.HostRead;
import dev.xcs.message.HypervisorLogRead;
import dev.xcs.message.KernelCacheShown;
import dev.xcs.message.KernelRead;
import dev.xcs.message.LimitXenMemory;
import dev.xcs.message.LinksListed;
import dev.xcs.message.ListHostNetworks;
import dev.xcs.message.ListLinks;
import dev.xcs.message.ListXenDomains;
import dev.xcs.message.MakeHostNetwork;
import dev.xcs.message.MapConsole;
import dev.xcs.message.NameVif;
import dev.xcs.message.NbdFound;
import dev.xcs.message.NotifyChannel;
import dev.xcs.message.OpenTerminal;
import dev.xcs.message.PauseXenDomain;
import dev.xcs.message.PollTerminals;
import dev.xcs.message.PrepareKernel;
import dev.xcs.message.ReadConsole;
import dev.xcs.message.ReadDiskStatistics;
import dev.xcs.message.ReadHost;
import dev.xcs.message.ReadHypervisorLog;
import dev.xcs.message.ReadKernel;
import dev.xcs.message.ReadTerminal;
import dev.xcs.message.ReadVifStatistics;
import dev.xcs.message.RefreshDevice;
import dev.xcs.message.ReleaseDevice;
import dev.xcs.message.RemoveHostNetwork;
import dev.xcs.message.ServeLeases;
import dev.xcs.message.ShowKernelCache;
import dev.xcs.message.ShutdownXenDomain;
import dev.xcs.message.SimKernelFound;
import dev.xcs.message.TypeTerminal;
import dev.xcs.message.UnbindChannel;
import dev.xcs.message.UnmapConsole;
import dev.xcs.message.UnmaskChannels;
import dev.xcs.message.UnpauseXenDomain;
import dev.xcs.message.VifNamed;
import dev.xcs.message.VifStatisticsRead;
import dev.xcs.message.WriteConsole;
import dev.xcs.message.WriteTerminal;
import dev.xcs.message.XenDomainBuilt;
import dev.xcs.message.XenDomainCreated;
import dev.xcs.message.XenDomainsListed;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.KernelCacheCounts;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Answers every {@code xcs.native.*} message by calling the hypervisor, each on the thread where it delays nothing that must
 * not wait for it. Owns the hypervisor and every handle: rings, ports and threads are given back by {@link #stop()}.
 */
public final class HypervisorGateway extends VerticleBase {
    /** After this {@link AwaitEvents} is answered with nothing: well below the time the asker waits. */
    private static final Duration QUIET_PERIOD = Duration.ofSeconds(10);

    private static final Duration JOIN_LIMIT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_WAKES = Duration.ofMillis(20);
    private static final int PARALLEL_DESTROYS = 4;
    private static final int PARALLEL_IMAGES = 2;
    private static final int PARALLEL_DEVICES = 4;

    private final Hypervisor hypervisor;
    private final MeterRegistry metrics;
    private final Duration joinLimit;
    private final Handles handles;
    private final TerminalTable terminals;
    private final AttachedTerminals attachedTerminals;
    private final List<Future<Void>> listening = new ArrayList<>();

    private final Lane events = new Lane("xcs-native-events", 1, 1);
    private final Lane calls = new Lane("xcs-native-calls", 1, 4096);
    private final Lane builds;
    private final Lane destroys = new Lane("xcs-native-destroy", PARALLEL_DESTROYS, 4096);
    /** Ports too: a console whose port stays masked behind a slow call is as good as not read. */
    private final Lane consoles = new Lane("xcs-native-console", 1, 8192);
    /** Apart: a kernel that nobody has looked at yet is unpacked first, which takes as long as a build. */
    private final Lane images = new Lane("xcs-native-images", PARALLEL_IMAGES, 4096);
    /** Apart: nobody waits for it. */
    private final Lane preparing = new Lane("xcs-native-preparing", 1, 4096);
    /** Apart, for there may be many of them to be looked at. */
    private final Lane terminalCalls = new Lane("xcs-native-terminals", 1, 8192);
    /** Apart: a disk that hangs must not delay a domain. */
    private final Lane devices = new Lane("xcs-native-devices", PARALLEL_DEVICES, 4096);
    /** Apart from disks for the same reason; one thread, so that changes of a bridge do not overtake each other. */
    private final Lane networks = new Lane("xcs-native-networks", 1, 4096);

    /**
     * @param hypervisor owned by the gateway from now on
     * @param consoleLog where the bytes of guests are kept before they are taken from their rings
     * @param maxParallelBuilds builds that run at once; 64 times as many may wait
     */
    public HypervisorGateway(
            Hypervisor hypervisor, ConsoleLog consoleLog, int maxParallelBuilds, MeterRegistry metrics) {
        this(hypervisor, consoleLog, maxParallelBuilds, metrics, JOIN_LIMIT);
    }

    /** @param joinLimit how long {@link #stop()} waits for calls that run */
    HypervisorGateway(
            Hypervisor hypervisor,
            ConsoleLog consoleLog,
            int maxParallelBuilds,
            MeterRegistry metrics,
            Duration joinLimit) {
        this.hypervisor = hypervisor;
        this.joinLimit = joinLimit;
        this.metrics = metrics;
        this.handles = new Handles(hypervisor, consoleLog);
        this.terminals = new TerminalTable(hypervisor);
        this.attachedTerminals = new AttachedTerminals(hypervisor);
        this.builds = new Lane("xcs-native-build", maxParallelBuilds, 64 * maxParallelBuilds);
        Gauge.builder("xcs.native.consoles.mapped", handles, Handles::mapped)
                .description("Console rings that are mapped")
                .register(metrics);
        Gauge.builder("xcs.native.channels.bound", handles, Handles::bound)
                .description("Event channels that are bound")
                .register(metrics);
        for (Lane lane : lanes()) {
            Gauge.builder("xcs.native.waiting", lane, Lane::waiting)
                    .description("Native calls that wait for their thread")
                    .tag("thread", lane.name())
                    .register(metrics);
        }
    }

    private List<Lane> lanes() {
        return List.of(events, calls, builds, images, preparing, destroys, consoles, terminalCalls, devices, networks);
    }

    @Override
    public Future<?> start() {
        answerForDomains();
        answerForKernels();
        answerForChannels();
        answerForConsoles();
        answerForTerminals();
        answerForDevices();
        answerForNetworks();
        return Future.all(listening);
    }

    private void answerForDomains() {
        answer(ReadHost.ADDRESS, calls, ask -> new HostRead(hypervisor.host()));
        answer(
                ListXenDomains.ADDRESS,
                calls,
                ask -> new XenDomainsListed(hypervisor.domains().list()));
        answer(
                CreateXenDomain.ADDRESS,
                calls,
                ask -> new XenDomainCreated(hypervisor.domains().create(ask.handle(), ask.type(), ask.vcpus())));
        answer(
                BuildXenDomain.ADDRESS,
                builds,
                ask -> new XenDomainBuilt(hypervisor.domains().build(ask.request())));
        act(PauseXenDomain.ADDRESS, calls, ask -> hypervisor.domains().pause(ask.domid()));
        act(UnpauseXenDomain.ADDRESS, calls, ask -> hypervisor.domains().unpause(ask.domid()));
        act(ShutdownXenDomain.ADDRESS, calls, ask -> hypervisor.domains().shutdown(ask.domid(), ask.reason()));
        act(DestroyXenDomain.ADDRESS, destroys, ask -> hypervisor.domains().destroy(ask.domid()));
        answer(
                FindSimKernel.ADDRESS,
                calls,
                ask -> new SimKernelFound(
                        hypervisor.domains().simulatedKernel(ask.name()).orElse(null)));
        answer(ReadHypervisorLog.ADDRESS, calls, ask -> {
            HypervisorLog.Chunk chunk = hypervisor.log().read(ask.index());
            return new HypervisorLogRead(chunk.text(), chunk.next());
        });
        act(LimitXenMemory.ADDRESS, calls, ask -> hypervisor.domains().limitMemory(ask.domid(), ask.maxKib()));
    }

    private void answerForKernels() {
        Kernels kernels = hypervisor.kernels();
        answer(ReadKernel.ADDRESS, images, ask -> new KernelRead(kernels.bootable(ask.kernel())));
        act(PrepareKernel.ADDRESS, preparing, ask -> kernels.prepare(ask.kernel()));
        answer(ShowKernelCache.ADDRESS, images, ask -> new KernelCacheShown(kernels.show()));
        act(ForgetKernels.ADDRESS, images, ask -> kernels.forget(ask.key()));
        Gauge.builder("xcs.kernel.cache.bytes", kernels, all -> all.counts().bytes())
                .description("What the kernels that are kept unpacked take on the disk")
                .baseUnit("bytes")
                .register(metrics);
        count("xcs.kernel.cache.hits", "Kernels that were there, unpacked", KernelCacheCounts::hits);
        count("xcs.kernel.cache.misses", "Kernels that had to be unpacked", KernelCacheCounts::misses);
        count("xcs.kernel.cache.damaged", "Unpacked kernels whose file was not whole", KernelCacheCounts::damaged);
    }

    private void count(String name, String description, ToLongFunction<KernelCacheCounts> count) {
        FunctionCounter.builder(name, hypervisor.kernels(), all -> count.applyAsLong(all.counts()))
                .description(description)
                .register(metrics);
    }

    private void answerForChannels() {
        answer(AwaitEvents.ADDRESS, events, ask -> awaitEvents());
        answer(BindChannel.ADDRESS, consoles, handles::bind);
        answer(UnbindChannel.ADDRESS, consoles, ask -> handles.unbind(ask.port()));
        act(NotifyChannel.ADDRESS, consoles, ask -> hypervisor.eventChannels().notify(ask.port()));
        act(UnmaskChannels.ADDRESS, consoles, ask -> hypervisor.eventChannels().unmask(ask.ports()));
    }

    private EventsRaised awaitEvents() {
        EventChannels.Raised raised = hypervisor.eventChannels().await((int) QUIET_PERIOD.toMillis());
        return new EventsRaised(raised.ports(), raised.overflowed());
    }

    private void answerForConsoles() {
        answer(MapConsole.ADDRESS, consoles, handles::map);
        answer(UnmapConsole.ADDRESS, consoles, ask -> handles.unmap(ask.domid()));
        answer(ReadConsole.ADDRESS, consoles, handles::read);
        answer(WriteConsole.ADDRESS, consoles, handles::write);
    }

    private void answerForTerminals() {
        answer(OpenTerminal.ADDRESS, terminalCalls, terminals::open);
        answer(CloseTerminal.ADDRESS, terminalCalls, terminals::close);
        answer(PollTerminals.ADDRESS, terminalCalls, ask -> terminals.poll());
        answer(WriteTerminal.ADDRESS, terminalCalls, terminals::write);
        answer(AttachTerminal.ADDRESS, terminalCalls, attachedTerminals::attach);
        answer(DetachTerminal.ADDRESS, terminalCalls, attachedTerminals::detach);
        answer(ReadTerminal.ADDRESS, terminalCalls, attachedTerminals::read);
        answer(TypeTerminal.ADDRESS, terminalCalls, attachedTerminals::type);
    }

    private void answerForDevices() {
        answer(ExamineBacking.ADDRESS, devices, this::examine);
        answer(
                AttachLoop.ADDRESS,
                devices,
                ask -> new DeviceAttached(hypervisor.blockDevices().attachLoop(ask.file(), ask.readOnly())));
        act(HoldDevice.ADDRESS, devices, ask -> hypervisor.blockDevices().hold(ask.device()));
        act(ReleaseDevice.ADDRESS, devices, ask -> hypervisor.blockDevices().letGo(ask.device()));
        answer(
                RefreshDevice.ADDRESS,
                devices,
                ask -> new DeviceSized(hypervisor.blockDevices().refreshSize(ask.device())));
        answer(FindNbd.ADDRESS, devices, this::findNbd);
        answer(
                ReadDiskStatistics.ADDRESS,
                devices,
                ask -> new DiskStatisticsRead(hypervisor
                        .blockDevices()
                        .statistics(ask.domid(), ask.virtualDevice(), ask.device())
                        .orElse(null)));
    }

    private BackingExamined examine(ExamineBacking ask) {
        BlockDevices blocks = hypervisor.blockDevices();
        String path = ask.path();
        DeviceNumber device = ask.device();
        if (path != null) {
            return new BackingExamined(blocks.examine(path));
        }
        return new BackingExamined(
                device == null ? null : blocks.examine(device).orElse(null));
    }

    private NbdFound findNbd(FindNbd ask) {
        BlockDevices blocks = hypervisor.blockDevices();
        DeviceNumber device = ask.device();
        return new NbdFound(
                device == null ? blocks.freeNbd() : blocks.nbd(device).orElse(null));
    }

    private void answerForNetworks() {
        answer(
                NameVif.ADDRESS,
                networks,
                ask -> new VifNamed(hypervisor.networkDevices().vifName(ask.domid(), ask.index())));
        answer(
                ListLinks.ADDRESS,
                networks,
                ask -> new LinksListed(hypervisor.networkDevices().links()));
        act(ConnectVif.ADDRESS, networks, ask -> hypervisor.networkDevices().connect(ask.port()));
        act(DisconnectVif.ADDRESS, networks, ask -> hypervisor.networkDevices().disconnect(ask.name()));
        act(
                MakeHostNetwork.ADDRESS,
                networks,
                ask -> hypervisor.networkDevices().make(ask.network()));
        act(
                RemoveHostNetwork.ADDRESS,
                networks,
                ask -> hypervisor.networkDevices().remove(ask.name()));
        answer(ListHostNetworks.ADDRESS, networks, ask -> {
            NetworkDevices devices = hypervisor.networkDevices();
            return new HostNetworksListed(devices.made(), devices.guarded());
        });
        answer(
                ReadVifStatistics.ADDRESS,
                networks,
                ask -> new VifStatisticsRead(hypervisor.networkDevices().statistics(ask.names())));
        act(ServeLeases.ADDRESS, networks, ask -> hypervisor.networkDevices().serve(ask.network(), ask.leases()));
    }

    private <Q extends BusMessage> void act(Address<Q, Done> address, Lane lane, Consumer<Q> call) {
        answer(address, lane, ask -> {
            call.accept(ask);
            return new Done();
        });
    }

    private <Q extends BusMessage, R extends BusMessage> void answer(
            Address<Q, R> address, Lane lane, Function<Q, R> call) {
        CallMeter meter =
                new CallMeter(metrics, address.name().substring(address.name().lastIndexOf('.') + 1));
        listening.add(address.answer(vertx.eventBus(), ask -> on(lane, () -> meter.record(() -> call.apply(ask))))
                .completion());
    }

    private <T> Future<T> on(Lane lane, Supplier<T> call) {
        return Future.fromCompletionStage(lane.run(call), context);
    }

    /**
     * Fails with a timeout problem if a call does not end within 10 s: then the hypervisor stays open, because closing it
     * under a running call would end the process.
     */
    @Override
    public Future<?> stop() {
        Lane closing = new Lane("xcs-native-close", 1, 1);
        Future<Void> closed = on(closing, () -> {
            close();
            return null;
        });
        return closed.onComplete(done -> closing.close());
    }

    private void close() {
        lanes().forEach(Lane::close);
        long deadline = System.nanoTime() + joinLimit.toNanos();
        while (!events.join(BETWEEN_WAKES) && System.nanoTime() < deadline) {
            // Again and again: a thread that is only about to wait does not notice the first.
            hypervisor.eventChannels().wake();
        }
        List<String> running = lanes().stream()
                .filter(lane -> !lane.join(Duration.ofNanos(deadline - System.nanoTime())))
                .map(Lane::name)
                .toList();
        if (!running.contains(consoles.name())) {
            handles.close();
        }
        if (!running.contains(terminalCalls.name())) {
            terminals.close();
            attachedTerminals.close();
        }
        if (!running.isEmpty()) {
            throw Problem.of(ProblemType.TIMEOUT, "Native calls still run after " + joinLimit + ": " + running)
                    .toException();
        }
        hypervisor.close();
    }
}
