package dev.xcs.metrics;

import dev.xcs.message.CountDisks;
import dev.xcs.message.CountVifs;
import dev.xcs.message.FetchDomains;
import dev.xcs.message.ReadHost;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for the host, the domains, their disks and their vifs; a part that is slow to answer is not asked again meanwhile. */
final class XenCollection {
    private static final Logger LOG = LoggerFactory.getLogger(XenCollection.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final EventBus bus;
    private final XenSnapshot snapshot;
    private final Set<String> underWay = new HashSet<>();

    XenCollection(EventBus bus, XenSnapshot snapshot) {
        this.bus = bus;
        this.snapshot = snapshot;
    }

    void run() {
        runDisks();
        runVifs();
        if (underWay.add("host")) {
            timed(
                    "host",
                    ReadHost.ADDRESS.ask(bus, new ReadHost(), TIMEOUT).onSuccess(read -> snapshot.show(read.host())));
        }
        if (underWay.add("domains")) {
            timed(
                    "domains",
                    FetchDomains.ADDRESS
                            .ask(bus, new FetchDomains(), TIMEOUT)
                            .onSuccess(shown -> snapshot.show(shown.domains())));
        }
    }

    private void runDisks() {
        if (underWay.add("disks")) {
            timed(
                    "disks",
                    CountDisks.ADDRESS
                            .ask(bus, new CountDisks(), TIMEOUT)
                            .onSuccess(counted -> snapshot.showDisks(counted.disks())));
        }
    }

    private void runVifs() {
        if (underWay.add("vifs")) {
            timed(
                    "vifs",
                    CountVifs.ADDRESS
                            .ask(bus, new CountVifs(), TIMEOUT)
                            .onSuccess(counted -> snapshot.showVifs(counted.vifs())));
        }
    }

    private void timed(String collector, Future<?> collection) {
        long start = System.nanoTime();
        collection
                .onSuccess(
                        done -> snapshot.succeeded(collector, secondsSince(start), System.currentTimeMillis() / 1000.0))
                .onFailure(failure -> {
                    LOG.debug("Collecting {} failed", collector, failure);
                    snapshot.failed(collector, secondsSince(start));
                })
                .onComplete(done -> underWay.remove(collector));
    }

    private static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
