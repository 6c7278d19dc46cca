package dev.xcs.domain;

import dev.xcs.config.DaemonConfig.DomainConfig;
import dev.xcs.config.DaemonConfig.HvmConfig;
import dev.xcs.config.DaemonConfig.PvgrubConfig;
import dev.xcs.journal.Definitions;
import dev.xcs.message.AttachDisk;
import dev.xcs.message.AttachVif;
import dev.xcs.message.ChangeDisk;
import dev.xcs.message.ChangeDomain;
import dev.xcs.message.ChangeVif;
import dev.xcs.message.CreateDomain;
import dev.xcs.message.DestroyDomain;
import dev.xcs.message.DetachDisk;
import dev.xcs.message.DetachVif;
import dev.xcs.message.DiskLeft;
import dev.xcs.message.DiskShown;
import dev.xcs.message.DisksShown;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.DomainShown;
import dev.xcs.message.DomainsShown;
import dev.xcs.message.Done;
import dev.xcs.message.FetchDisks;
import dev.xcs.message.FetchDomain;
import dev.xcs.message.FetchDomains;
import dev.xcs.message.FetchVifs;
import dev.xcs.message.ImageInspected;
import dev.xcs.message.InspectImage;
import dev.xcs.message.ShutdownAsked;
import dev.xcs.message.VifShown;
import dev.xcs.message.VifsShown;
import dev.xcs.model.DomainType;
import dev.xcs.xenstore.Xenstore;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every domain of the host: creates, shows, changes and destroys them, one queue of operations for each, and obeys the
 * definitions of those that end. The native verticle and the console switch have to be up before it starts. When it stops, guests
 * run on.
 */
public final class DomainKeeper extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(DomainKeeper.class);

    /** Those who poll fast share one hypercall; changes of state are told by xenstore and do not wait for this. */
    private static final Duration FRESH_ENOUGH = Duration.ofMillis(100);

    /** A hypervisor that takes longer to list its domains is not waited for: what is known is shown. */
    private static final Duration FETCH_PATIENCE = Duration.ofSeconds(1);

    private final Xenstore store;
    private final Definitions definitions;
    private final DomainConfig config;
    private final Set<String> bootloaders;
    private final HvmConfig hvm;
    private final MeterRegistry registry;
    private final Deadlines deadlines;
    private final List<Supplier<Future<Void>>> closers = new ArrayList<>();

    public DomainKeeper(
            Xenstore xenstore,
            Definitions definitions,
            DomainConfig config,
            PvgrubConfig pvgrub,
            HvmConfig hvm,
            MeterRegistry meters) {
        this(xenstore, definitions, config, pvgrub, hvm, meters, Deadlines.DEFAULT);
    }

    DomainKeeper(
            Xenstore store,
            Definitions definitions,
            DomainConfig config,
            PvgrubConfig pvgrub,
            HvmConfig hvm,
            MeterRegistry registry,
            Deadlines deadlines) {
        this.bootloaders =
                new HashSet<>(List.of(pvgrub.pv().toString(), pvgrub.pvh().toString()));
        this.hvm = hvm;
        this.store = store;
        this.definitions = definitions;
        this.config = config;
        this.registry = registry;
        this.deadlines = deadlines;
    }

    @Override
    public Future<?> start() {
        EventBus bus = vertx.eventBus();
        DomainMeters meters = new DomainMeters(registry);
        DomainTable table = new DomainTable(change -> DomainChanged.ADDRESS.publish(bus, change), meters);
        Supplier<RestartGuard> guards =
                () -> new RestartGuard(config.maxRestarts(), config.restartWindow(), InstantSource.system());
        XenClient xen = new XenClient(bus, deadlines, hvm);
        ConsoleClient consoles = new ConsoleClient(bus, deadlines);
        DiskClient diskClient = new DiskClient(bus);
        VifClient vifClient = new VifClient(bus);
        DeviceModelClient models = new DeviceModelClient(bus);
        BootDevices devices = new BootDevices(diskClient, vifClient, models);
        DefinitionLog log = new DefinitionLog(vertx, definitions);
        Patience patience = new Patience(vertx);

        Census census = new Census(table, xen, store, guards, patience);
        Teardown teardown = new Teardown(xen, consoles, devices, store, census.snapshots(), patience, deadlines);
        BuildSlots slots = new BuildSlots(config.maxParallelBuilds());
        BootImages images = new BootImages(vertx, xen, config.imageRoot(), bootloaders);
        Creation creation = new Creation(
                xen, census, consoles, images, devices, store, log, table, teardown, new Admission(), slots, meters);
        Boots boots = new Boots(table, census, creation, teardown, consoles, log, meters);
        EndKeeper ends = new EndKeeper(boots);
        census.onNews(ends::attend);
        ShutdownRequest shutdown =
                new ShutdownRequest(store, asked -> ShutdownAsked.ADDRESS.publish(bus, asked), patience, deadlines);
        Lifecycle lifecycle = new Lifecycle(table, census, xen, boots, shutdown, guards, meters, patience, deadlines);
        Disks disks = new Disks(table, diskClient, log);
        Vifs vifs = new Vifs(table, vifClient, log);
        ConsoleAttacher attacher = new ConsoleAttacher(consoles, store, patience);
        Adoption adoption =
                new Adoption(table, xen, attacher, disks, vifs, models, store, log, boots, guards, patience, deadlines);

        closers.add(() -> {
            ends.stop();
            attacher.stop();
            return patience.untilGood(() -> idle(table), Boolean::booleanValue, deadlines.finish())
                    .onSuccess(any -> meters.close())
                    .mapEmpty();
        });
        // Before the adoption, which may bring some.
        return DiskLeft.ADDRESS
                .listen(bus, disks::forget)
                .completion()
                .compose(any -> adoption.adopt())
                .compose(any -> census.refresh())
                .compose(any -> listen(bus, table, census, patience, lifecycle, new TypeChoice(xen), disks))
                .compose(any -> listen(bus, vifs))
                .compose(any -> InspectImage.ADDRESS
                        .answer(bus, ask -> images.inspect(ask.path()).map(ImageInspected::new))
                        .completion())
                .compose(any -> look(census))
                .onSuccess(any -> prepareKernels(table, xen));
    }

    /** So that the next boot of a guest does not have to unpack its kernel. */
    private static void prepareKernels(DomainTable table, XenClient xen) {
        table.all().stream()
                .flatMap(domain -> Optional.ofNullable(domain.definition()).stream())
                .map(definition -> definition.spec())
                .filter(spec -> spec.type() != DomainType.HVM)
                .map(spec -> spec.kernel())
                .distinct()
                .forEach(xen::prepare);
    }

    @Override
    public Future<?> stop() {
        return Future.join(closers.stream().map(Supplier::get).toList());
    }

    private static Future<Void> listen(
            EventBus bus,
            DomainTable table,
            Census census,
            Patience patience,
            Lifecycle lifecycle,
            TypeChoice types,
            Disks disks) {
        var create = CreateDomain.ADDRESS.answer(
                bus, ask -> types.decide(ask).compose(lifecycle::create).map(DomainShown::new));
        var change = ChangeDomain.ADDRESS.answer(
                bus, ask -> lifecycle.change(ask.uuid(), ask.state()).map(DomainShown::new));
        var destroy = DestroyDomain.ADDRESS.answer(
                bus, ask -> lifecycle.destroy(ask.uuid()).map(new Done()));
        var fetchAll = FetchDomains.ADDRESS.answer(
                bus, ask -> recent(census, patience).map(any -> new DomainsShown(table.views())));
        var fetch = FetchDomain.ADDRESS.answer(
                bus,
                ask -> recent(census, patience)
                        .map(any -> new DomainShown(table.get(ask.uuid()).view())));
        var fetchDisks =
                FetchDisks.ADDRESS.answer(bus, ask -> disks.show(ask.uuid()).map(DisksShown::new));
        var attach = AttachDisk.ADDRESS.answer(
                bus, ask -> disks.attach(ask.uuid(), ask.disk()).map(DiskShown::new));
        var detach = DetachDisk.ADDRESS.answer(
                bus, ask -> disks.detach(ask.uuid(), ask.vdev(), ask.force()).map(new Done()));
        var changeDisk = ChangeDisk.ADDRESS.answer(
                bus, ask -> disks.change(ask.uuid(), ask.vdev(), ask.change()).map(DiskShown::new));
        return Future.all(Stream.of(create, change, destroy, fetchAll, fetch, fetchDisks, attach, detach, changeDisk)
                        .map(MessageConsumer::completion)
                        .toList())
                .mapEmpty();
    }

    private static Future<Void> listen(EventBus bus, Vifs vifs) {
        var fetch = FetchVifs.ADDRESS.answer(bus, ask -> vifs.show(ask.uuid()).map(VifsShown::new));
        var attach = AttachVif.ADDRESS.answer(
                bus, ask -> vifs.attach(ask.uuid(), ask.vif()).map(VifShown::new));
        var detach = DetachVif.ADDRESS.answer(
                bus, ask -> vifs.detach(ask.uuid(), ask.index(), ask.force()).map(new Done()));
        var change = ChangeVif.ADDRESS.answer(
                bus, ask -> vifs.change(ask.uuid(), ask.index(), ask.change()).map(VifShown::new));
        return Future.all(Stream.of(fetch, attach, detach, change)
                        .map(MessageConsumer::completion)
                        .toList())
                .mapEmpty();
    }

    /** Done when the views are as new as they can be had quickly. */
    private static Future<Void> recent(Census census, Patience patience) {
        return patience.within(census.snapshots().latest(FRESH_ENOUGH), FETCH_PATIENCE)
                .transform(seen -> {
                    if (seen.failed()) {
                        LOG.warn(
                                "Domains are shown as last known: {}",
                                seen.cause().getMessage());
                    }
                    return Future.succeededFuture();
                });
    }

    private static Future<Boolean> idle(DomainTable table) {
        return Future.succeededFuture(
                table.all().stream().allMatch(domain -> domain.queue().isIdle()));
    }

    /** Xenstore says when a domain came or ended; the timer finds what only the hypervisor knows, a pause by xl for one. */
    private Future<Void> look(Census census) {
        Runnable refresh = () ->
                census.refresh().onFailure(failure -> LOG.warn("Domains cannot be listed: {}", failure.getMessage()));
        long timer = vertx.setPeriodic(config.reconcileEvery().toMillis(), any -> refresh.run());
        closers.add(() -> {
            vertx.cancelTimer(timer);
            return Future.succeededFuture();
        });
        store.onResync(refresh);
        return watch("@introduceDomain", refresh).compose(any -> watch("@releaseDomain", refresh));
    }

    private Future<Void> watch(String path, Runnable refresh) {
        return store.watch(path, any -> refresh.run())
                .onSuccess(watch -> closers.add(watch::cancel))
                .mapEmpty();
    }
}
