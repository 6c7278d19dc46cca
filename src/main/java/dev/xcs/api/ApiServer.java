package dev.xcs.api;

import dev.xcs.config.DaemonConfig.ApiConfig;
import dev.xcs.config.DaemonConfig.PvgrubConfig;
import dev.xcs.config.HostNames;
import dev.xcs.config.ListenFailure;
import dev.xcs.message.CreateLoginLink;
import dev.xcs.message.FetchApiAddress;
import dev.xcs.message.ListenAddress;
import dev.xcs.message.LoginLink;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks HTTP by the contract openapi.yaml; holds no state that another verticle owns. It asks others only when it is asked itself, so it can be
 * deployed at the same time as they are.
 */
public final class ApiServer extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    /** How long requests under way may take once the daemon stops; a domain is built in a fraction of it. */
    private static final Duration FINISH = Duration.ofSeconds(20);

    private static final Duration PING_EVERY = Duration.ofSeconds(20);
    /** When a connection is cut on which no byte moves; longer than the longest operation, during which nothing is sent. */
    private static final Duration IDLE = DomainOperations.LONG.plusSeconds(60);

    private final ApiConfig config;
    private final PvgrubConfig pvgrub;
    private final Duration viewIdle;
    private final Path stateDir;
    private final MeterRegistry meters;
    private final Duration pingEvery;
    private final Duration idle;
    private final Draining draining = new Draining();
    private @Nullable ConsoleDesk desk;
    private @Nullable ShareDesk shares;
    private @Nullable EventStreams streams;
    private @Nullable DisplayDesk screens;

    /**
     * @param pvgrub what boots the domains that name it instead of a kernel
     * @param viewIdle who looks at a console and does nothing for so long is sent away
     * @param stateDir where the admin token is kept
     */
    public ApiServer(ApiConfig config, PvgrubConfig pvgrub, Duration viewIdle, Path stateDir, MeterRegistry meters) {
        this(config, pvgrub, viewIdle, stateDir, meters, PING_EVERY, IDLE);
    }

    ApiServer(
            ApiConfig config,
            PvgrubConfig pvgrub,
            Duration viewIdle,
            Path stateDir,
            MeterRegistry meters,
            Duration pingEvery,
            Duration idle) {
        this.config = config;
        this.pvgrub = pvgrub;
        this.viewIdle = viewIdle;
        this.stateDir = stateDir;
        this.meters = meters;
        this.pingEvery = pingEvery;
        this.idle = idle;
    }

    @Override
    public Future<?> start() {
        Future<AdminToken> token = vertx.executeBlocking(() -> AdminToken.loadOrCreate(stateDir), false);
        Future<Contract> contract = Contract.load(vertx);
        return Future.all(token, contract).compose(both -> serve(token.result(), contract.result()));
    }

    private Future<?> serve(AdminToken token, Contract contract) {
        HostNames hosts = new HostNames(config.host(), config.allowedHosts());
        AccessGuard guard = new AccessGuard(hosts, token, InstantSource.system(), meters);
        ConsoleDesk consoles = new ConsoleDesk(vertx, config.maxConsoleViewers(), viewIdle, pingEvery, meters);
        desk = consoles;
        return ShareDesk.open(vertx, stateDir, consoles).compose(links -> {
            shares = links;
            guard.accept(links);
            return listen(guard, contract, consoles, links);
        });
    }

    private Future<?> listen(AccessGuard guard, Contract contract, ConsoleDesk consoles, ShareDesk links) {
        Router router = new Routes(contract, draining, guard, meters)
                .router(vertx, operations(guard, contract, consoles, links));
        HttpServer server = vertx.createHttpServer(options()).requestHandler(router);
        server.invalidRequestHandler(MalformedRequests::answer);
        return server.listen(config.port(), config.host())
                .recover(why -> Future.failedFuture(ListenFailure.of("api", config.host(), config.port(), why)))
                .compose(listening -> announce(guard, listening.actualPort()));
    }

    /** The table: operation of the contract, and who answers it. */
    private Map<String, Operation> operations(
            AccessGuard guard, Contract contract, ConsoleDesk consoles, ShareDesk links) {
        EventBus bus = vertx.eventBus();
        BodyReader bodies = new BodyReader(vertx, config.maxBodyBytes());
        DomainOperations domains = new DomainOperations(bus, bodies, pvgrub);
        DiskOperations disks = new DiskOperations(bus, bodies);
        VifOperations vifs = new VifOperations(bus, bodies);
        KernelOperations kernels = new KernelOperations(bus);
        NetworkOperations networks = new NetworkOperations(bus, bodies);
        DomainLookup lookup = new DomainLookup(bus);
        HostOperations host = new HostOperations(bus);
        AccessOperations access = new AccessOperations(guard);
        ShareOperations sharing = new ShareOperations(bus, bodies, links, guard);
        ConsoleOperations console = new ConsoleOperations(bus);
        DisplayDesk displays = new DisplayDesk(vertx, config.maxConsoleViewers(), pingEvery);
        EventStreams events = new EventStreams(meters);
        SessionOperations sessions = new SessionOperations(vertx, bodies, events, pingEvery);
        streams = events;
        screens = displays;
        return Map.ofEntries(
                Map.entry("showHost", host::show),
                Map.entry("showHostConsole", host::console),
                Map.entry("inspectImage", new ImageOperations(bus)::inspect),
                Map.entry("listDomains", domains::list),
                Map.entry("createDomain", domains::create),
                Map.entry("showDomain", lookup.of(domains::show)),
                Map.entry("changeDomain", lookup.of(domains::change)),
                Map.entry("destroyDomain", lookup.of(domains::destroy)),
                Map.entry("attachConsole", lookup.of(consoles::attach)),
                Map.entry("showConsole", lookup.of(console::state)),
                Map.entry("readConsoleLog", lookup.of(console::log)),
                Map.entry("listShares", lookup.of(sharing::list)),
                Map.entry("issueShare", lookup.of(sharing::issue)),
                Map.entry("revokeShare", lookup.of(sharing::revoke)),
                Map.entry("useShare", sharing::use),
                Map.entry("attachDisplay", lookup.of(displays::attach)),
                Map.entry("listDisks", lookup.of(disks::list)),
                Map.entry("attachDisk", lookup.of(disks::attach)),
                Map.entry("changeDisk", lookup.of(disks::change)),
                Map.entry("detachDisk", lookup.of(disks::detach)),
                Map.entry("listVifs", lookup.of(vifs::list)),
                Map.entry("attachVif", lookup.of(vifs::attach)),
                Map.entry("changeVif", lookup.of(vifs::change)),
                Map.entry("detachVif", lookup.of(vifs::detach)),
                Map.entry("showKernelCache", kernels::show),
                Map.entry("clearKernelCache", kernels::clear),
                Map.entry("forgetKernel", kernels::forget),
                Map.entry("listNetworks", networks::list),
                Map.entry("createNetwork", networks::create),
                Map.entry("showNetwork", networks::show),
                Map.entry("deleteNetwork", networks::delete),
                Map.entry("streamEvents", new EventsOperations(vertx, events, pingEvery)::stream),
                Map.entry("openSession", sessions::open),
                Map.entry("showSession", sessions::show),
                Map.entry("closeSession", sessions::close),
                Map.entry("bindSession", sessions::bind),
                Map.entry("unbindSession", sessions::unbind),
                Map.entry("streamSession", sessions::stream),
                Map.entry("lockControl", sessions::lock),
                Map.entry("unlockControl", sessions::unlock),
                Map.entry("sendRequest", new RequestOperations(bus, bodies)::send),
                Map.entry("createLoginLink", access::createLink),
                Map.entry("logIn", access::logIn),
                Map.entry(
                        "showContract",
                        context -> Answers.body(context.response(), Answers.JSON, contract.published())));
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setWebSocketSubProtocols(List.of(ConsoleDesk.PROTOCOL, SocketSink.PROTOCOL, DisplayDesk.PROTOCOL))
                .setMaxWebSocketFrameSize(ConsoleInput.MAX_DECODED_BYTES)
                .setMaxWebSocketMessageSize(ConsoleInput.MAX_DECODED_BYTES)
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setHttp2ClearTextEnabled(false)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout((int) idle.toMillis());
    }

    private Future<?> announce(AccessGuard guard, int port) {
        ListenAddress address = new ListenAddress(config.host(), port);
        String base = "http://" + HostNames.literal(config.host()) + ":" + port;
        LOG.debug("The API listens at {}", base);
        return Future.all(
                FetchApiAddress.ADDRESS
                        .answer(vertx.eventBus(), asked -> Future.succeededFuture(address))
                        .completion(),
                CreateLoginLink.ADDRESS
                        .answer(vertx.eventBus(), asked -> Future.succeededFuture(new LoginLink(guard.loginLink(base))))
                        .completion());
    }

    /** Requests under way are still answered, new ones are turned away; websockets and streams are told to come back later. */
    @Override
    public Future<?> stop() {
        if (streams != null) {
            streams.close();
        }
        if (screens != null) {
            screens.close();
        }
        Future<?> closed = desk == null ? Future.succeededFuture() : desk.close();
        Future<?> unshared = shares == null ? Future.succeededFuture() : shares.close();
        return Future.join(closed, unshared, draining.drain(vertx, FINISH));
    }
}
