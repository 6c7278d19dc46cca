package dev.xcs.block;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.config.DaemonConfig.BlockConfig;
import dev.xcs.device.HotplugScripts;
import dev.xcs.message.ChangeMedium;
import dev.xcs.message.CountDisks;
import dev.xcs.message.DiskShown;
import dev.xcs.message.DiskUnplugged;
import dev.xcs.message.DisksCounted;
import dev.xcs.message.DisksResumed;
import dev.xcs.message.DisksShown;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.Done;
import dev.xcs.message.EndDisks;
import dev.xcs.message.PlaceDisks;
import dev.xcs.message.PlugDisk;
import dev.xcs.message.PrepareDisks;
import dev.xcs.message.ReleaseDisks;
import dev.xcs.message.ResizeDisk;
import dev.xcs.message.ResumeDisks;
import dev.xcs.message.ShowDisks;
import dev.xcs.message.TakeDisks;
import dev.xcs.message.UnplugDisk;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.platform.Dom0;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the disks of domains. For a new boot it gets ready what backs them and says which nodes it wants; the domain's one transaction writes
 * them, and from then on the devices are its own, until it is told that the boot is gone. For a domain that runs it does all of it.
 */
public final class BlockBackend extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(BlockBackend.class);

    /** For each file of an image's chain. */
    private static final Duration IMAGE_DEADLINE = Duration.ofSeconds(20);

    private final Xenstore store;
    private final BlockConfig config;
    private final Path stateDir;
    private final VbdHandshake.Patience patience;
    private final BiFunction<Vertx, NativeDevices, Images> maker;
    private final DiskTable table = new DiskTable();
    private @Nullable Images images;
    private final List<Future<Void>> listening = new ArrayList<>();

    /** @param stateDir absolute; servers of images keep their files below it */
    public BlockBackend(Xenstore xenstore, BlockConfig config, Path stateDir) {
        this(
                xenstore,
                config,
                stateDir,
                VbdHandshake.Patience.USUAL,
                (vertx, devices) -> qemu(vertx, devices, config, stateDir.resolve("nbd")));
    }

    private static Images qemu(Vertx vertx, NativeDevices devices, BlockConfig config, Path directory) {
        NbdServers servers = new NbdServers(
                vertx,
                config.qemuNbd(),
                directory,
                NbdServers.Patience.USUAL,
                (server, why) -> LOG.error("The guest that uses {} gets errors from now on: {}", server.image(), why));
        return new QemuImages(devices, new ImageReader(vertx, config.qemuImg(), IMAGE_DEADLINE), servers);
    }

    BlockBackend(
            Xenstore xenstore,
            BlockConfig config,
            Path stateDir,
            VbdHandshake.Patience patience,
            BiFunction<Vertx, NativeDevices, Images> maker) {
        this.store = xenstore;
        this.config = config;
        this.stateDir = stateDir;
        this.patience = patience;
        this.maker = maker;
    }

    @Override
    public Future<?> start() {
        NativeDevices devices = new NativeDevices(vertx.eventBus());
        return devices.dom0().compose(dom0 -> start(devices, dom0));
    }

    private Future<?> start(NativeDevices devices, Dom0 dom0) {
        Images made = maker.apply(vertx, devices);
        StoredDisks stored = new StoredDisks(store, dom0);
        HotplugScripts scripts = new HotplugScripts(vertx, store, dom0, config.scriptDirectory());
        Leftovers leftovers = new Leftovers(store, table, stored, devices, scripts);
        images = made;
        return imageRoot()
                .compose(root -> leftovers
                        .sweep()
                        .compose(disks -> made.takeUp(disks.stream()
                                .flatMap(disk -> disk.device().stream())
                                .collect(Collectors.toSet())))
                        .compose(any -> vertx.executeBlocking(this::nothing, false))
                        .compose(nothing -> serve(root, devices, dom0, stored, made, scripts, nothing)))
                .onSuccess(any -> store.onResync(() -> leftovers
                        .sweep()
                        .onFailure(why -> LOG.warn("Disks cannot be looked through: {}", why.getMessage()))));
    }

    /** The file of no bytes. */
    private Path nothing() throws IOException {
        Path file = stateDir.resolve("empty-drive");
        return Files.write(file, new byte[0]);
    }

    /** As it really is: what is compared with it has its links followed too. */
    private Future<ImageRoot> imageRoot() {
        Path wanted = config.imageRoot().orElse(null);
        return wanted == null
                ? Future.succeededFuture(new ImageRoot(null))
                : vertx.executeBlocking(() -> new ImageRoot(wanted.toRealPath()), false)
                        .recover(why -> Future.failedFuture(new ProblemException(
                                Problem.invalidField("block.image-root", wanted.toString(), "an existing directory")
                                        .withCause(String.valueOf(why)),
                                why)));
    }

    private Future<?> serve(
            ImageRoot root,
            NativeDevices devices,
            Dom0 dom0,
            StoredDisks stored,
            Images served,
            HotplugScripts scripts,
            Path nothing) {
        Guards guards = new Guards(table, stored, devices);
        Backings backings = new Backings(table, guards, devices, served, root, nothing);
        VbdNodes nodes = new VbdNodes(dom0);
        VbdHandshake handshake = new VbdHandshake(vertx, store, nodes, patience);
        BootDisks boot = new BootDisks(vertx, store, table, backings, stored, devices, scripts, nodes);
        DiskViews views = new DiskViews(table, stored, devices);
        LiveDisks live = new LiveDisks(vertx, store, table, boot, views, handshake);
        DiskGrowth growth = new DiskGrowth(vertx, table, devices, views, handshake);
        answer(PrepareDisks.ADDRESS, ask -> boot.prepare(ask).map(new Done()));
        answer(PlaceDisks.ADDRESS, ask -> Future.succeededFuture(boot.place(ask.uuid(), ask.domid())));
        answer(TakeDisks.ADDRESS, ask -> boot.take(ask.uuid()).map(new Done()));
        answer(EndDisks.ADDRESS, ask -> boot.end(ask.uuid(), ask.domid()).map(new Done()));
        answer(ReleaseDisks.ADDRESS, ask -> boot.release(ask.uuid()).map(new Done()));
        answer(ResumeDisks.ADDRESS, ask -> live.resume(ask).map(DisksResumed::new));
        answer(PlugDisk.ADDRESS, ask -> live.plug(ask).map(DiskShown::new));
        answer(UnplugDisk.ADDRESS, ask -> live.unplug(ask).map(gone -> new DiskUnplugged(gone.number())));
        answer(ChangeMedium.ADDRESS, live::medium);
        answer(ResizeDisk.ADDRESS, ask -> growth.resize(ask).map(DiskShown::new));
        answer(CountDisks.ADDRESS, ask -> views.count().map(DisksCounted::new));
        answer(ShowDisks.ADDRESS, ask -> views.show(ask).map(DisksShown::new));
        // Also guests of other toolstacks may have got disks from us.
        listening.add(DomainChanged.ADDRESS
                .listen(vertx.eventBus(), changed -> {
                    if (changed.gone()) {
                        boot.release(changed.domain().uuid())
                                .onFailure(failure -> LOG.warn("Disks are not given back: {}", failure.getMessage()));
                    }
                })
                .completion());
        return Future.all(listening);
    }

    private <Q extends BusMessage, R extends BusMessage> void answer(
            Address<Q, R> address, Function<Q, Future<R>> answerer) {
        listening.add(address.answer(vertx.eventBus(), answerer).completion());
    }

    /** Guests keep their disks; what they give up from now on is the next run's. */
    @Override
    public Future<?> stop() {
        table.all().forEach(DomainDisks::awaitNothing);
        if (images != null) {
            images.close();
        }
        return Future.succeededFuture();
    }
}
