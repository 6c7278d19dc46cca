package dev.xcs.api;

import dev.xcs.message.FetchDomains;
import dev.xcs.message.ReadHost;
import dev.xcs.model.HostInfo;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The host over HTTP. */
final class HostOperations {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** What is shown of the host; the contract describes every field. */
    record Shown(
            boolean simulated,
            String xenVersion,
            List<String> capabilities,
            boolean pv,
            boolean hvm,
            int cpus,
            int cpuKhz,
            int numaNodes,
            long totalMemoryMib,
            long freeMemoryMib,
            int domains,
            String xcsVersion,
            double uptimeSeconds) {}

    private final EventBus bus;
    private final long startNanos = System.nanoTime();

    HostOperations(EventBus bus) {
        this.bus = bus;
    }

    Future<?> show(RoutingContext context) {
        var host = ReadHost.ADDRESS.ask(bus, new ReadHost(), TIMEOUT);
        var domains = FetchDomains.ADDRESS.ask(bus, new FetchDomains(), TIMEOUT);
        return Future.all(host, domains)
                .compose(both -> Answers.json(
                        context.response(),
                        200,
                        shown(host.result().host(), domains.result().domains().size())));
    }

    private Shown shown(HostInfo host, int domains) {
        return new Shown(
                host.simulated(),
                host.xenVersion(),
                host.capabilities(),
                host.pv(),
                host.hvm(),
                host.cpus(),
                host.cpuKhz(),
                host.numaNodes(),
                host.totalMemoryKib() / 1024,
                host.freeMemoryKib() / 1024,
                domains,
                Objects.requireNonNullElse(HostOperations.class.getPackage().getImplementationVersion(), "development"),
                (System.nanoTime() - startNanos) / 1e9);
    }
}
