package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.message.ConnectCards;
import dev.xcs.message.EndDeviceModel;
import dev.xcs.message.PlaceDeviceModel;
import dev.xcs.message.ResumeDeviceModel;
import dev.xcs.message.TakeDeviceModel;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.xenstore.Change;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the boot of an HVM guest asks of the keeper of device models, which opens its disks and makes its emulated network cards. */
final class DeviceModelClient implements BootClient {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceModelClient.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final EventBus bus;

    DeviceModelClient(EventBus bus) {
        this.bus = bus;
    }

    @Override
    public String step() {
        return "device-model";
    }

    @Override
    public boolean usesOthers() {
        return true;
    }

    @Override
    public Future<UnaryOperator<DomainSpec>> prepare(DomainSpec spec) {
        return Future.succeededFuture(UnaryOperator.identity());
    }

    @Override
    public Future<List<Change>> place(DomainSpec spec, int domid) {
        return spec.type() != DomainType.HVM
                ? Future.succeededFuture(List.of())
                : PlaceDeviceModel.ADDRESS
                        .ask(bus, new PlaceDeviceModel(spec, domid), TIMEOUT)
                        .map(placed -> nodes(domid, placed.firmware()));
    }

    /** What hvmloader reads, and where QEMU writes. */
    private static List<Change> nodes(int domid, String firmware) {
        String home = NodeTree.home(domid);
        String model = NodeTree.deviceModel(domid);
        return List.of(
                Change.remove(model),
                Change.write(model, ""),
                Change.write(home + "/hvmloader/bios", firmware),
                Change.write(home + "/hvmloader/allow-memory-relocate", 0),
                Change.write(home + "/platform/acpi", 1),
                Change.write(home + "/platform/acpi_s3", 0),
                Change.write(home + "/platform/acpi_s4", 0),
                Change.write(home + "/platform/device-model", "qemu_xen"));
    }

    @Override
    public Future<Void> take(DomainSpec spec) {
        return spec.type() != DomainType.HVM
                ? Future.succeededFuture()
                : TakeDeviceModel.ADDRESS
                        .ask(bus, new TakeDeviceModel(spec.uuid()), TIMEOUT)
                        .compose(any -> connectCards(spec));
    }

    private Future<Void> connectCards(DomainSpec spec) {
        return spec.vifs().isEmpty()
                ? Future.succeededFuture()
                : ConnectCards.ADDRESS
                        .ask(bus, new ConnectCards(spec.uuid()), TIMEOUT)
                        .mapEmpty();
    }

    @Override
    public Future<Void> end(UUID uuid, int domid) {
        return EndDeviceModel.ADDRESS
                .ask(bus, new EndDeviceModel(uuid), TIMEOUT)
                .mapEmpty();
    }

    /** Once more, for one whose domid is another's by now: its end was never told. */
    @Override
    public Future<Void> release(UUID uuid) {
        return end(uuid, -1);
    }

    /** Never fails: without its device model the guest is to end as one that has crashed. */
    Future<Void> resume(KeptDomain domain) {
        Definition definition = domain.definition();
        if (definition == null || definition.spec().type() != DomainType.HVM) {
            return Future.succeededFuture();
        }
        return ResumeDeviceModel.ADDRESS
                .ask(bus, new ResumeDeviceModel(domain.uuid(), domain.domid()), TIMEOUT)
                .onFailure(failure -> LOG.warn("The device model of {}: {}", domain, failure.getMessage()))
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }
}
