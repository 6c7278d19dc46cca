package dev.xcs.devicemodel;

import dev.xcs.config.DaemonConfig.HvmConfig;
import dev.xcs.device.SupervisedProcess;
import dev.xcs.message.DeviceModelPlaced;
import dev.xcs.message.DisplayShown;
import dev.xcs.message.Done;
import dev.xcs.message.EndDeviceModel;
import dev.xcs.message.FetchDisplay;
import dev.xcs.message.FetchSerial;
import dev.xcs.message.PlaceDeviceModel;
import dev.xcs.message.RemoveCard;
import dev.xcs.message.ResumeDeviceModel;
import dev.xcs.message.SerialShown;
import dev.xcs.message.ShutdownXenDomain;
import dev.xcs.message.TakeDeviceModel;
import dev.xcs.model.FirmwareKind;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and ends the device models of HVM guests. They outlive the daemon, as their guests do; those of an earlier run are found by their
 * command lines.
 */
public final class DeviceModelKeeper extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceModelKeeper.class);
    /** What tells a device model of ours from others: its guest, and where its sockets are. */
    private static final Pattern OWN = Pattern.compile(
            QemuCommand.DOMID + "\n(?<domid>\\d{1,5})\n.*,path=(?<directory>[^\n,]*)/(?<uuid>[0-9a-f-]{36})/"
                    + QemuCommand.QMP + ",",
            Pattern.DOTALL);

    private static final Duration HYPERCALL = Duration.ofSeconds(10);

    private final Xenstore store;
    private final HvmConfig config;
    private final Path directory;
    private final Map<UUID, Placed> placed = new HashMap<>();
    private final Map<UUID, DeviceModel> models = new HashMap<>();
    private boolean stopped;

    /** @param state the daemon's directory, absolute */
    public DeviceModelKeeper(Xenstore store, HvmConfig config, Path state) {
        this.store = store;
        this.config = config;
        this.directory = state.resolve("models");
    }

    @Override
    public Future<?> start() {
        NetClient client = vertx.createNetClient();
        return vertx.executeBlocking(this::stranded, false)
                .onSuccess(found -> found.forEach(this::watch))
                .compose(found -> listen(client));
    }

    private Future<?> listen(NetClient client) {
        return Future.all(Stream.of(
                        PlaceDeviceModel.ADDRESS.answer(vertx.eventBus(), ask -> place(ask, client)),
                        TakeDeviceModel.ADDRESS.answer(vertx.eventBus(), ask -> take(ask.uuid())),
                        ResumeDeviceModel.ADDRESS.answer(vertx.eventBus(), this::resume),
                        EndDeviceModel.ADDRESS.answer(vertx.eventBus(), this::end),
                        RemoveCard.ADDRESS.answer(vertx.eventBus(), ask -> removeCard(ask, client)),
                        FetchDisplay.ADDRESS.answer(vertx.eventBus(), ask -> display(ask.uuid())),
                        FetchSerial.ADDRESS.answer(vertx.eventBus(), ask -> serial(ask.uuid())))
                .map(consumer -> consumer.completion())
                .toList());
    }

    /** One whose guest's nodes are being written. */
    private record Placed(PlaceDeviceModel ask, DeviceModelStart start) {}

    /** One of an earlier run, whose guest may run on. */
    private record Stranded(ProcessHandle process, UUID uuid, int domid) {}

    private List<Stranded> stranded() {
        return ProcessHandle.allProcesses()
                .flatMap(process -> stranded(process).stream())
                .toList();
    }

    private Optional<Stranded> stranded(ProcessHandle process) {
        Matcher own = OWN.matcher(String.join("\n", SupervisedProcess.arguments(process.pid())));
        return own.find() && own.group("directory").equals(directory.toString())
                ? Optional.of(
                        new Stranded(process, UUID.fromString(own.group("uuid")), Integer.parseInt(own.group("domid"))))
                : Optional.empty();
    }

    private void watch(Stranded found) {
        LOG.info("The device model of {} (domid {}) runs on, pid {}", found.uuid, found.domid, found.process.pid());
        DeviceModel model = new DeviceModel(found.domid);
        model.runs(SupervisedProcess.stranded(found.process, vertx.getOrCreateContext()));
        models.put(found.uuid, model);
        model.onUnaskedEnd(how -> ended(found.uuid, model, how));
    }

    private QemuCommand command(UUID uuid) {
        return new QemuCommand(config.deviceModel(), directory.resolve(uuid.toString()));
    }

    private Future<DeviceModelPlaced> place(PlaceDeviceModel ask, NetClient client) {
        UUID uuid = ask.spec().uuid();
        HvmSpec pc = Objects.requireNonNull(ask.spec().hvm());
        placed.put(uuid, new Placed(ask, new DeviceModelStart(vertx, store, client, ask, pc, command(uuid))));
        return Future.succeededFuture(new DeviceModelPlaced(pc.firmware() == FirmwareKind.UEFI ? "ovmf" : "seabios"));
    }

    private Future<Done> take(UUID uuid) {
        Placed place = placed.remove(uuid);
        if (place == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "No device model of " + uuid + " is prepared")
                    .toException();
        }
        DeviceModel model = new DeviceModel(place.ask.domid());
        models.put(uuid, model);
        return place.start
                .start(model::runs)
                .onComplete(any -> model.isDecided())
                .onSuccess(any -> model.onUnaskedEnd(how -> ended(uuid, model, how)))
                .map(new Done());
    }

    private Future<Done> resume(ResumeDeviceModel ask) {
        if (!models.containsKey(ask.uuid())) {
            ended(ask.uuid(), new DeviceModel(ask.domid()), "while no daemon ran");
        }
        return Future.succeededFuture(new Done());
    }

    /** They run on, for the next daemon to find. */
    @Override
    public Future<?> stop() {
        stopped = true;
        return Future.succeededFuture();
    }

    /** Without it the guest waits for ever for what it asked of it. */
    private void ended(UUID uuid, DeviceModel model, String how) {
        if (stopped) {
            return;
        }
        LOG.error("The device model of {} (domid {}) ended by itself: {}", uuid, model.domid(), how);
        ShutdownXenDomain.ADDRESS
                .ask(vertx.eventBus(), new ShutdownXenDomain(model.domid(), ShutdownReason.CRASH), HYPERCALL)
                .onFailure(failure -> LOG.error("domid {} stays: {}", model.domid(), failure.getMessage()));
    }

    /** By where it is and not by whom this run has started: it may be of an earlier one. */
    private Future<DisplayShown> display(UUID uuid) {
        String socket = command(uuid).directory().resolve(QemuCommand.DISPLAY).toString();
        return vertx.fileSystem().exists(socket).map(there -> {
            if (!there) {
                throw Problem.of(
                                ProblemType.CONFLICT,
                                "Domain " + uuid + " has no display: it is no HVM domain that runs")
                        .toException();
            }
            return new DisplayShown(socket);
        });
    }

    /** Only of one that runs: it holds the pipes open. */
    private Future<SerialShown> serial(UUID uuid) {
        DeviceModel model = models.get(uuid);
        if (model == null || model.hasEnded()) {
            throw Problem.of(ProblemType.CONFLICT, "Domain " + uuid + " has no device model that runs")
                    .asRetryable()
                    .toException();
        }
        QemuCommand command = command(uuid);
        return Future.succeededFuture(
                new SerialShown(command.said().toString(), command.typed().toString()));
    }

    /** Quietly does nothing where there is none. */
    private Future<Done> removeCard(RemoveCard ask, NetClient client) {
        DeviceModel model = models.get(ask.uuid());
        if (model == null || model.hasEnded()) {
            return Future.succeededFuture(new Done());
        }
        JsonObject card = new JsonObject().put("id", PcCard.id(ask.index()));
        return Qmp.connect(vertx, client, command(ask.uuid()).directory().resolve(QemuCommand.QMP))
                .compose(qmp -> qmp.execute("netdev_del", card).eventually(() -> qmp.close()))
                .map(new Done());
    }

    private Future<Done> end(EndDeviceModel ask) {
        placed.remove(ask.uuid());
        DeviceModel model = models.get(ask.uuid());
        // One that does not die is asked again, and has its directory until then.
        Future<Void> ended = model == null
                ? Future.succeededFuture()
                : model.end().onSuccess(any -> models.remove(ask.uuid(), model));
        return ended.compose(any -> clear(ask.uuid())).map(new Done());
    }

    private Future<Void> clear(UUID uuid) {
        String own = command(uuid).directory().toString();
        return vertx.fileSystem()
                .exists(own)
                .compose(there -> there ? vertx.fileSystem().deleteRecursive(own) : Future.succeededFuture());
    }
}
