package dev.xcs.testing;

import dev.xcs.api.ApiServer;
import dev.xcs.config.DaemonConfig.ApiConfig;
import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.config.DaemonConfig.PvgrubConfig;
import dev.xcs.console.ConsoleSwitch;
import dev.xcs.evtchn.EventChannelPoller;
import dev.xcs.gateway.HypervisorGateway;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.DetachConsole;
import dev.xcs.message.DomainShown;
import dev.xcs.message.FetchApiAddress;
import dev.xcs.message.FetchDomain;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** All that a console goes through, deployed as the daemon does: gateway, poller, switch and API, on any hypervisor; every uuid is a domain. */
public final class ConsoleParts implements AutoCloseable {
    static final PvgrubConfig NO_GRUB = new PvgrubConfig(Path.of("/none"), Path.of("/none"));

    public final BusFixture on = new BusFixture();
    private final Path dir;
    private final int port;
    private final List<String> inOrder;

    public ConsoleParts(Hypervisor host, ConsoleLog log, Path dir) {
        this.dir = dir;
        ConsoleConfig config = Consoles.config(16 * 1024);
        String gateway = on.deploy(new HypervisorGateway(host, log, 1, on.metrics()));
        String poller = on.deploy(new EventChannelPoller(on.metrics()));
        String consoles = on.deploy(new ConsoleSwitch(config, log, on.metrics()));
        inOrder = List.of(consoles, poller, gateway);
        MessageConsumer<FetchDomain> domains = FetchDomain.ADDRESS.answer(
                on.bus(), asked -> Future.succeededFuture(new DomainShown(domain(asked.uuid()))));
        BusFixture.await(domains.completion());
        on.deploy(new ApiServer(
                new ApiConfig("127.0.0.1", 0, 1 << 20, 256, List.of()), NO_GRUB, config.viewIdle(), dir, on.metrics()));
        port = on.ask(FetchApiAddress.ADDRESS, new FetchApiAddress()).port();
    }

    private static Domain domain(UUID uuid) {
        return new Domain(uuid, "guest", 1, DomainState.RUNNING, DomainType.PV, 64, 1, 0, true);
    }

    public void attach(UUID uuid, int domid) {
        on.ask(
                AttachConsole.ADDRESS,
                new AttachConsole(uuid, domid, 0xfe, domid, GuestOs.UNKNOWN, false, Instant.now()));
    }

    public void detach(UUID uuid, int domid) {
        on.ask(DetachConsole.ADDRESS, new DetachConsole(uuid, domid));
    }

    public int port() {
        return port;
    }

    public String token() {
        try {
            return Files.readString(dir.resolve("admin.token")).strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public ApiClient api() {
        return new ApiClient(URI.create("http://127.0.0.1:" + port), token());
    }

    @Override
    public void close() {
        inOrder.forEach(part -> BusFixture.await(on.vertx().undeploy(part)));
        on.close();
    }
}
