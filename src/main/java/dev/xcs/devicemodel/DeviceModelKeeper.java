package dev.xcs.devicemodel;

import dev.xcs.config.DaemonConfig.HvmConfig;
import dev.xcs.device.SupervisedProcess;
import dev.xcs.message.DisplayShown;
import dev.xcs.message.Done;
import dev.xcs.message.EndDeviceModel;
import dev.xcs.message.FetchDisplay;
import dev.xcs.message.PlaceDeviceModel;
import dev.xcs.message.ShutdownXenDomain;
import dev.xcs.message.TakeDeviceModel;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and ends the device models of HVM guests. They outlive the daemon, as their guests do; one of an earlier run is found by its
 * command line when it has to go.
 */
public final class DeviceModelKeeper extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceModelKeeper.class);
    private static final Duration END = Duration.ofSeconds(3);
    private static final Duration KILLED = Duration.ofSeconds(5);
    private static final Duration HYPERCALL = Duration.ofSeconds(10);

    private final HvmConfig config;
    private final Path directory;
    private final Map<UUID, DeviceModel> models = new HashMap<>();

    /** @param state the daemon's directory, absolute */
    public DeviceModelKeeper(HvmConfig config, Path state) {
        this.config = config;
        this.directory = state.resolve("models");
    }

    @Override
    public Future<?> start() {
        NetClient client = vertx.createNetClient();
        return Future.all(Stream.of(
                        PlaceDeviceModel.ADDRESS.answer(vertx.eventBus(), ask -> place(ask, client)),
                        TakeDeviceModel.ADDRESS.answer(vertx.eventBus(), ask -> take(ask.uuid())),
                        EndDeviceModel.ADDRESS.answer(vertx.eventBus(), this::end),
                        FetchDisplay.ADDRESS.answer(vertx.eventBus(), ask -> display(ask.uuid())))
                .map(consumer -> consumer.completion())
                .toList());
    }

    private QemuCommand command(UUID uuid) {
        return new QemuCommand(config.deviceModel(), directory.resolve(uuid.toString()));
    }

    private Future<Done> place(PlaceDeviceModel ask, NetClient client) {
        UUID uuid = ask.spec().uuid();
        models.put(uuid, new DeviceModel(vertx, client, ask.spec(), ask.domid(), command(uuid)));
        return Future.succeededFuture(new Done());
    }

    private Future<Done> take(UUID uuid) {
        DeviceModel model = models.get(uuid);
        if (model == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "No device model of " + uuid + " is prepared")
                    .toException();
        }
        return model.start()
                .onSuccess(process -> process.ended().onSuccess(how -> ended(uuid, model, how)))
                .map(new Done());
    }

    /** Without it the guest waits for ever for what it asked of it. */
    private void ended(UUID uuid, DeviceModel model, String how) {
        if (!model.isEnding()) {
            LOG.error("The device model of {} (domid {}) ended by itself: {}", uuid, model.domid(), how);
            ShutdownXenDomain.ADDRESS
                    .ask(vertx.eventBus(), new ShutdownXenDomain(model.domid(), ShutdownReason.CRASH), HYPERCALL)
                    .onFailure(failure -> LOG.error("domid {} stays: {}", model.domid(), failure.getMessage()));
        }
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

    private Future<Done> end(EndDeviceModel ask) {
        DeviceModel model = models.remove(ask.uuid());
        Future<Void> ended = model == null ? endStranded(ask) : model.end();
        return ended.compose(any -> clear(ask.uuid())).map(new Done());
    }

    private Future<Void> clear(UUID uuid) {
        String own = command(uuid).directory().toString();
        return vertx.fileSystem()
                .exists(own)
                .compose(there -> there ? vertx.fileSystem().deleteRecursive(own) : Future.succeededFuture());
    }

    private Future<Void> endStranded(EndDeviceModel ask) {
        String domid = Integer.toString(ask.domid());
        String own = command(ask.uuid()).directory().toString();
        return vertx.executeBlocking(() -> SupervisedProcess.find(-1, line -> isOf(line, domid, own)), false)
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture()
                        : SupervisedProcess.stranded(found.get(), vertx.getOrCreateContext())
                                .end(END, KILLED)
                                .mapEmpty());
    }

    private static boolean isOf(List<String> line, String domid, String directory) {
        int at = line.indexOf(QemuCommand.DOMID);
        return at >= 0
                && at + 1 < line.size()
                && line.get(at + 1).equals(domid)
                && line.stream().anyMatch(argument -> argument.contains(directory));
    }
}
