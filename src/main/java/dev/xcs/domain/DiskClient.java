package dev.xcs.domain;

import dev.xcs.message.ChangeMedium;
import dev.xcs.message.EndDisks;
import dev.xcs.message.MediumChanged;
import dev.xcs.message.PlaceDisks;
import dev.xcs.message.PlugDisk;
import dev.xcs.message.PrepareDisks;
import dev.xcs.message.ReleaseDisks;
import dev.xcs.message.ResizeDisk;
import dev.xcs.message.ResumeDisks;
import dev.xcs.message.ShowDisks;
import dev.xcs.message.TakeDisks;
import dev.xcs.message.UnplugDisk;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.DiskView;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.GuestOs;
import dev.xcs.xenstore.Change;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the domains ask of the block backend. */
final class DiskClient implements BootClient {
    /** Longer than hotplug scripts and servers of images may take, one after the other. */
    private static final Duration TIMEOUT = Duration.ofSeconds(180);

    private final EventBus bus;

    DiskClient(EventBus bus) {
        this.bus = bus;
    }

    @Override
    public String step() {
        return "disks";
    }

    @Override
    public Future<UnaryOperator<DomainSpec>> prepare(DomainSpec spec) {
        return spec.disks().isEmpty()
                ? Future.succeededFuture(UnaryOperator.identity())
                : PrepareDisks.ADDRESS
                        .ask(bus, new PrepareDisks(spec.uuid(), spec.name(), spec.guestOs(), spec.disks()), TIMEOUT)
                        .map(any -> UnaryOperator.identity());
    }

    @Override
    public Future<List<Change>> place(DomainSpec spec, int domid) {
        return spec.disks().isEmpty()
                ? Future.succeededFuture(List.of())
                : PlaceDisks.ADDRESS
                        .ask(bus, new PlaceDisks(spec.uuid(), domid), TIMEOUT)
                        .map(placed -> {
                            List<Change> changes = new ArrayList<>();
                            placed.nodes().forEach(node -> changes.addAll(Change.of(node)));
                            return changes;
                        });
    }

    @Override
    public Future<Void> take(DomainSpec spec) {
        return spec.disks().isEmpty()
                ? Future.succeededFuture()
                : TakeDisks.ADDRESS
                        .ask(bus, new TakeDisks(spec.uuid()), TIMEOUT)
                        .mapEmpty();
    }

    @Override
    public Future<Void> end(UUID uuid, int domid) {
        return EndDisks.ADDRESS.ask(bus, new EndDisks(uuid, domid), TIMEOUT).mapEmpty();
    }

    @Override
    public Future<Void> release(UUID uuid) {
        return ReleaseDisks.ADDRESS.ask(bus, new ReleaseDisks(uuid), TIMEOUT).mapEmpty();
    }

    Future<List<DiskSpec>> resume(DomainSpec spec, int domid) {
        ResumeDisks wanted = new ResumeDisks(spec.uuid(), spec.name(), domid, spec.guestOs(), spec.disks());
        return ResumeDisks.ADDRESS.ask(bus, wanted, TIMEOUT).map(resumed -> resumed.disks());
    }

    Future<DiskView> plug(KeptDomain domain, GuestOs guestOs, DiskSpec disk, boolean await) {
        PlugDisk wanted = new PlugDisk(domain.uuid(), domain.name(), domain.domid(), guestOs, disk, await);
        return PlugDisk.ADDRESS.ask(bus, wanted, TIMEOUT).map(shown -> shown.disk());
    }

    /** Gives the number of the virtual device that is gone. */
    Future<Integer> unplug(KeptDomain domain, GuestOs guestOs, String vdev, boolean force) {
        UnplugDisk wanted = new UnplugDisk(domain.uuid(), domain.domid(), guestOs, vdev, force);
        return UnplugDisk.ADDRESS.ask(bus, wanted, TIMEOUT).map(gone -> gone.virtualDevice());
    }

    Future<MediumChanged> medium(
            KeptDomain domain, GuestOs guestOs, String vdev, @Nullable String target, boolean await) {
        ChangeMedium wanted =
                new ChangeMedium(domain.uuid(), domain.name(), domain.domid(), guestOs, vdev, target, await);
        return ChangeMedium.ADDRESS.ask(bus, wanted, TIMEOUT);
    }

    Future<DiskView> resize(KeptDomain domain, GuestOs guestOs, String vdev, long sizeBytes) {
        ResizeDisk wanted = new ResizeDisk(domain.uuid(), domain.domid(), guestOs, vdev, sizeBytes);
        return ResizeDisk.ADDRESS.ask(bus, wanted, TIMEOUT).map(shown -> shown.disk());
    }

    Future<List<DiskView>> show(KeptDomain domain, GuestOs guestOs, List<DiskSpec> disks) {
        return ShowDisks.ADDRESS
                .ask(bus, new ShowDisks(domain.uuid(), domain.domid(), guestOs, disks), TIMEOUT)
                .map(shown -> shown.disks());
    }
}
