package dev.xcs.api;

import dev.xcs.message.FetchDomains;
import dev.xcs.message.ReadHost;
import dev.xcs.message.ReadHypervisorLog;
import dev.xcs.model.Dom0System;
import dev.xcs.model.HostInfo;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** The host over HTTP. */
final class HostOperations {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Pattern OFFSET = Pattern.compile("[0-9]{1,10}");

    /** What is shown of the host; the contract describes every field. */
    record Shown(
            boolean simulated,
            Dom0System dom0,
            String xenVersion,
            List<String> capabilities,
            boolean pv,
            boolean hvm,
            boolean hap,
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

    /** A piece of the hypervisor's log. */
    record ShownLog(long offset, long next, String text) {}

    Future<?> console(RoutingContext context) {
        QueryFields fields = new QueryFields(context.queryParams(), Set.of("since"));
        String since = fields.text("since", HostOperations::isOffset, "an offset in bytes, below 4294967296");
        return ReadHypervisorLog.ADDRESS
                .ask(bus, new ReadHypervisorLog(since == null ? 0 : Long.parseLong(since)), TIMEOUT)
                .compose(read ->
                        Answers.json(context.response(), 200, new ShownLog(read.first(), read.next(), read.text())));
    }

    private static boolean isOffset(String text) {
        return OFFSET.matcher(text).matches() && Long.parseLong(text) < 1L << 32;
    }

    private Shown shown(HostInfo host, int domains) {
        return new Shown(
                host.simulated(),
                host.dom0(),
                host.xenVersion(),
                host.capabilities(),
                host.pv(),
                host.hvm(),
                host.hap(),
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
