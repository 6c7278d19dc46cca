package dev.xcs.network;

import dev.xcs.device.SupervisedProcess;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One dnsmasq for each network that gives its guests addresses. They outlive the daemon and are found again by the next one; one that ends
 * unasked is started again. All calls from the context that this was made on.
 */
final class DnsmasqServers implements AddressServers {
    private static final Logger LOG = LoggerFactory.getLogger(DnsmasqServers.class);

    private static final Duration READY = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
    private static final Duration END = Duration.ofSeconds(5);
    private static final Duration KILLED = Duration.ofSeconds(5);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofMinutes(1);
    private static final Duration TRIM = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final Context context;
    private final Path program;
    private final DnsmasqFiles files;
    private final Map<String, Server> servers = new HashMap<>();
    private final long trimming;
    private boolean closed;

    /** A network that is served. */
    private static final class Server {
        private final String network;
        private List<Lease> leases = List.of();

        @Nullable
        private SupervisedProcess process;

        private boolean stopping;
        /** It may know addresses still that were given back: it never forgets while it runs. */
        private boolean stale;
        /** One thing at a time. */
        private Future<Void> last = Future.succeededFuture();

        private Duration retry = FIRST_RETRY;

        Server(String network) {
            this.network = network;
        }
    }

    /** @param runDirectory absolute; what the servers read is below it, for everybody to read, as they are not root for long */
    DnsmasqServers(Vertx vertx, Path program, Path runDirectory) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.program = program;
        this.files = new DnsmasqFiles(runDirectory);
        this.trimming = vertx.setPeriodic(TRIM.toMillis(), id -> trim());
    }

    @Override
    public Future<Void> start(NetworkSpec network, String bridge, IpAddress address, Collection<Lease> leases) {
        Server server = new Server(network.name());
        servers.put(network.name(), server);
        server.leases = List.copyOf(leases);
        String config = DnsmasqConfig.of(network, bridge, address, files.directory(network.name()));
        return queued(
                        server,
                        () -> vertx.executeBlocking(() -> files.prepare(network.name(), config, server.leases), false)
                                .compose(same -> same ? adopted(server) : ended(server))
                                .compose(any -> server.process == null ? launch(server) : Future.succeededFuture()))
                .onFailure(failure -> servers.remove(network.name(), server));
    }

    private static Future<Void> queued(Server server, java.util.function.Supplier<Future<Void>> work) {
        server.last = server.last.transform(any -> work.get());
        return server.last;
    }

    private Future<Void> adopted(Server server) {
        return found(server.network).map(process -> {
            if (process != null) {
                watch(server, process);
                // Whatever it has read since it began.
                server.stale = true;
            }
            return null;
        });
    }

    private Future<@Nullable SupervisedProcess> found(String network) {
        return vertx.executeBlocking(() -> files.running(network), false)
                .map(process -> process.map(one -> SupervisedProcess.stranded(one, context))
                        .orElse(null));
    }

    /** Of an earlier run, with another configuration. */
    private Future<Void> ended(Server server) {
        return found(server.network)
                .compose(process -> process == null
                        ? Future.succeededFuture()
                        : process.end(END, KILLED).mapEmpty());
    }

    private Future<Void> launch(Server server) {
        return vertx.executeBlocking(() -> files.launch(program, server.network), false)
                .map(process -> SupervisedProcess.child(process, context))
                .compose(process -> ready(server, process, System.nanoTime())
                        .onSuccess(any -> {
                            watch(server, process);
                            server.stale = false;
                        })
                        .recover(failure -> process.end(END, KILLED).transform(any -> Future.failedFuture(failure))));
    }

    /** It writes its pid when its sockets are open. */
    private Future<Void> ready(Server server, SupervisedProcess process, long since) {
        return vertx.executeBlocking(() -> files.isReady(server.network), false).compose(ready -> {
            if (ready) {
                return Future.succeededFuture();
            }
            if (process.ended().isComplete()) {
                return failed(server, process.ended().result());
            }
            if (System.nanoTime() - since > READY.toNanos()) {
                return failed(server, "not ready within " + READY.toSeconds() + " s");
            }
            return vertx.timer(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)
                    .compose(any -> ready(server, process, since));
        });
    }

    private Future<Void> failed(Server server, String how) {
        return vertx.executeBlocking(() -> files.said(server.network), false)
                .compose(said -> Future.failedFuture(
                        Problem.of(ProblemType.IMPOSSIBLE, "dnsmasq does not serve the network " + server.network)
                                .withCall("exec", program.toString())
                                .withCause(how + (said.isEmpty() ? "" : ": " + said))
                                .toException()));
    }

    private void watch(Server server, SupervisedProcess process) {
        server.process = process;
        process.ended().onSuccess(code -> {
            if (server.process == process && !server.stopping && !closed) {
                server.process = null;
                LOG.error("dnsmasq of the network {} ended unasked ({}); it is started again", server.network, code);
                revive(server);
            }
        });
    }

    /** Without it no guest gets an address: it is tried for ever, but ever less often. */
    private void revive(Server server) {
        Duration wait = server.retry;
        server.retry = wait.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait.multipliedBy(2);
        vertx.timer(wait.toMillis(), TimeUnit.MILLISECONDS)
                .compose(any -> queued(
                        server,
                        () -> server.stopping || closed || server.process != null
                                ? Future.succeededFuture()
                                : launch(server)))
                .onSuccess(any -> server.retry = FIRST_RETRY)
                .onFailure(failure -> {
                    LOG.error("{}", failure.getMessage());
                    if (!server.stopping && !closed) {
                        revive(server);
                    }
                });
    }

    @Override
    public Future<Void> serve(String network, Collection<Lease> leases) {
        Server server = servers.get(network);
        if (server == null) {
            return Future.succeededFuture();
        }
        List<Lease> wanted = List.copyOf(leases);
        return queued(server, () -> renew(server, wanted));
    }

    /** It notices new files by itself; what was given back it forgets only when it is started anew, which its guests do not notice. */
    private Future<Void> renew(Server server, List<Lease> wanted) {
        boolean more = !server.leases.containsAll(wanted);
        server.stale |= !wanted.containsAll(server.leases);
        server.leases = wanted;
        return vertx.<Void>executeBlocking(
                        () -> {
                            files.write(server.network, wanted);
                            return null;
                        },
                        false)
                .compose(any -> more && server.stale ? restart(server) : Future.succeededFuture());
    }

    private Future<Void> restart(Server server) {
        SupervisedProcess process = server.process;
        server.process = null;
        return (process == null
                        ? Future.<Void>succeededFuture()
                        : process.end(END, KILLED).<Void>mapEmpty())
                .compose(any -> launch(server))
                .onFailure(failure -> revive(server));
    }

    @Override
    public Future<Void> stop(String network) {
        Server server = Objects.requireNonNullElseGet(servers.remove(network), () -> new Server(network));
        server.stopping = true;
        return queued(server, () -> {
            SupervisedProcess process = server.process;
            Future<Void> ended =
                    process == null ? ended(server) : process.end(END, KILLED).mapEmpty();
            return ended.compose(any -> forget(network));
        });
    }

    private Future<Void> forget(String network) {
        return vertx.executeBlocking(
                () -> {
                    files.forget(network);
                    return null;
                },
                false);
    }

    @Override
    public Future<Void> tidy(Set<String> networks) {
        return vertx.executeBlocking(files::networks, false)
                .compose(there -> Future.join(there.stream()
                                .filter(network -> !networks.contains(network))
                                .map(this::stop)
                                .toList())
                        .mapEmpty());
    }

    private void trim() {
        Set<String> all = Set.copyOf(servers.keySet());
        vertx.<Void>executeBlocking(
                        () -> {
                            for (String network : all) {
                                files.trim(network);
                            }
                            return null;
                        },
                        false)
                .onFailure(failure -> LOG.warn(
                        "A log of dnsmasq cannot be cut: {}",
                        ProblemException.of(failure).detail()));
    }

    @Override
    public void close() {
        closed = true;
        vertx.cancelTimer(trimming);
    }
}
