package dev.xcs.xenstore;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SocketAddress;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds xenstored where Xen's own tools look for it: its socket first, the kernel's device where there is none. */
final class XenstoredConnector implements Connector {
    private static final Logger LOG = LoggerFactory.getLogger(XenstoredConnector.class);
    private static final String DEFAULT_RUN_DIRECTORY = "/var/run/xenstored";
    private static final List<Path> DEVICES = List.of(Path.of("/dev/xen/xenbus"), Path.of("/proc/xen/xenbus"));

    private final Vertx vertx;
    private final Context context;
    private final Path socket;
    private final Optional<Path> device;
    private final NetClient client;

    /** @param configured path of the socket; empty to look for it by the environment */
    XenstoredConnector(Vertx vertx, Context context, String configured, Map<String, String> environment) {
        this.vertx = vertx;
        this.context = context;
        this.socket = socketPath(configured, environment);
        this.device =
                configured.isEmpty() ? DEVICES.stream().filter(Files::exists).findFirst() : Optional.empty();
        this.client = vertx.createNetClient(new NetClientOptions().setReconnectAttempts(0));
    }

    /** The order of libxenstore: XENSTORED_PATH, then XENSTORED_RUNDIR, then what Xen is built with. */
    static Path socketPath(String configured, Map<String, String> environment) {
        if (!configured.isEmpty()) {
            return Path.of(configured);
        }
        String path = environment.get("XENSTORED_PATH");
        if (path != null) {
            return Path.of(path);
        }
        return Path.of(environment.getOrDefault("XENSTORED_RUNDIR", DEFAULT_RUN_DIRECTORY), "socket");
    }

    @Override
    public Future<Transport> connect() {
        if (!Files.exists(socket) && device.isPresent()) {
            return open(device.get());
        }
        return client.connect(SocketAddress.domainSocketAddress(socket.toString()))
                .<Transport>map(connected -> new SocketTransport(context, connected))
                .recover(failure -> Future.failedFuture(unreachable(socket, failure)));
    }

    @Override
    public void close() {
        client.close().onFailure(failure -> LOG.warn("close of the client of {}", socket, failure));
    }

    private Future<Transport> open(Path path) {
        // Opening blocks while xenstored is not up.
        return vertx.<Transport>executeBlocking(() -> stream(path))
                .recover(failure -> Future.failedFuture(unreachable(path, failure)));
    }

    private Transport stream(Path path) throws IOException {
        // One descriptor for both: the kernel answers on the one that asked. Both streams close it.
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        return new StreamTransport(context, new FileInputStream(file.getFD()), new FileOutputStream(file.getFD()));
    }

    private static ProblemException unreachable(Path path, Throwable failure) {
        return new ProblemException(
                Problem.of(ProblemType.UNAVAILABLE, "xenstored cannot be reached at " + path)
                        .withCall("connect", path.toString())
                        .withCause(failure.getMessage() + "; is xenstored running, and is this dom0?")
                        .asRetryable(),
                failure);
    }
}
