package dev.xcs.block;

import dev.xcs.message.AttachLoop;
import dev.xcs.message.ExamineBacking;
import dev.xcs.message.FindNbd;
import dev.xcs.message.HoldDevice;
import dev.xcs.message.ListXenDomains;
import dev.xcs.message.ReadDiskStatistics;
import dev.xcs.message.ReadHost;
import dev.xcs.message.RefreshDevice;
import dev.xcs.message.ReleaseDevice;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
import dev.xcs.model.DomainInfo;
import dev.xcs.platform.Dom0;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the block backend asks of the native verticle. */
final class NativeDevices {
    /** A disk that hangs is told so after this; its thread goes on waiting. */
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** A device that comes after its asker has gone would be nobody's. */
    private static final Duration NEVER_LOST = Duration.ofMinutes(10);

    private final EventBus bus;

    NativeDevices(EventBus bus) {
        this.bus = bus;
    }

    Future<Dom0> dom0() {
        return ReadHost.ADDRESS
                .ask(bus, new ReadHost(), TIMEOUT)
                .map(read -> Dom0.of(read.host().dom0()));
    }

    Future<Backing> examine(String path) {
        return ExamineBacking.ADDRESS
                .ask(bus, new ExamineBacking(path, null), TIMEOUT)
                .map(found -> Objects.requireNonNull(found.backing(), path));
    }

    Future<Optional<Backing>> examine(DeviceNumber device) {
        return ExamineBacking.ADDRESS
                .ask(bus, new ExamineBacking(null, device), TIMEOUT)
                .map(found -> Optional.ofNullable(found.backing()));
    }

    /** Of every domain that Xen still has. */
    Future<Set<Integer>> domids() {
        return ListXenDomains.ADDRESS
                .ask(bus, new ListXenDomains(), TIMEOUT)
                .map(listed -> listed.domains().stream().map(DomainInfo::domid).collect(Collectors.toSet()));
    }

    Future<AttachedDevice> attachLoop(String file, boolean readOnly) {
        return AttachLoop.ADDRESS
                .ask(bus, new AttachLoop(file, readOnly), NEVER_LOST)
                .map(attached -> attached.device());
    }

    Future<Void> hold(DeviceNumber device) {
        return HoldDevice.ADDRESS.ask(bus, new HoldDevice(device), TIMEOUT).mapEmpty();
    }

    Future<Void> release(DeviceNumber device) {
        return ReleaseDevice.ADDRESS
                .ask(bus, new ReleaseDevice(device), TIMEOUT)
                .mapEmpty();
    }

    Future<Long> refresh(DeviceNumber device) {
        return RefreshDevice.ADDRESS
                .ask(bus, new RefreshDevice(device), TIMEOUT)
                .map(sized -> sized.sizeBytes());
    }

    Future<AttachedDevice> freeNbd() {
        return FindNbd.ADDRESS
                .ask(bus, new FindNbd(null), TIMEOUT)
                .map(found -> Objects.requireNonNull(found.device(), "native gives a free device or fails"));
    }

    Future<Optional<AttachedDevice>> nbd(DeviceNumber device) {
        return FindNbd.ADDRESS.ask(bus, new FindNbd(device), TIMEOUT).map(found -> Optional.ofNullable(found.device()));
    }

    Future<Optional<DiskStatistics>> statistics(int domid, int virtualDevice, DeviceNumber device) {
        return ReadDiskStatistics.ADDRESS
                .ask(bus, new ReadDiskStatistics(domid, virtualDevice, device), TIMEOUT)
                .map(read -> Optional.ofNullable(read.statistics()));
    }
}
