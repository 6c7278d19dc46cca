package dev.xcs.evtchn;

import dev.xcs.bus.Address;
import dev.xcs.message.AwaitEvents;
import dev.xcs.message.BindChannel;
import dev.xcs.message.ChannelBound;
import dev.xcs.message.Done;
import dev.xcs.message.EventsRaised;
import dev.xcs.message.ForgetChannel;
import dev.xcs.message.PortRaised;
import dev.xcs.message.UnbindChannel;
import dev.xcs.message.UnmaskChannels;
import dev.xcs.message.WatchChannel;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks native for the ports that fired, tells each port's owner, and lets the port fire again when the owner has answered. A
 * port is masked meanwhile: that is all the back-pressure there is, one port's alone. A slow scan of all ports heals what was
 * lost on the way.
 */
public final class EventChannelPoller extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(EventChannelPoller.class);
    private static final Duration SCAN_EVERY = Duration.ofSeconds(5);
    private static final Duration OWNER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration LAST_BACKOFF = Duration.ofSeconds(5);

    private final PollerMetrics metrics;
    private final Duration scanEvery;
    private final Duration ownerTimeout;
    private final PortTable ports = new PortTable();
    /** Handled, and unmasked together at the end of this turn of the event loop. */
    private final Set<Integer> finished = new LinkedHashSet<>();

    private Duration backoff = FIRST_BACKOFF;
    private boolean stopped;

    public EventChannelPoller(MeterRegistry metrics) {
        this(metrics, SCAN_EVERY, OWNER_TIMEOUT);
    }

    /**
     * @param ownerTimeout how long an owner may take before its port is unmasked without its answer
     */
    EventChannelPoller(MeterRegistry metrics, Duration scanEvery, Duration ownerTimeout) {
        this.metrics = new PollerMetrics(metrics);
        this.scanEvery = scanEvery;
        this.ownerTimeout = ownerTimeout;
    }

    @Override
    public Future<?> start() {
        Future<Void> watching =
                WatchChannel.ADDRESS.answer(vertx.eventBus(), this::watch).completion();
        Future<Void> forgetting =
                ForgetChannel.ADDRESS.answer(vertx.eventBus(), this::forget).completion();
        vertx.setPeriodic(scanEvery.toMillis(), timer -> scan());
        awaitEvents();
        return Future.all(watching, forgetting);
    }

    /** The loop. */
    private void awaitEvents() {
        metrics.atTop();
        if (stopped) {
            return;
        }
        AwaitEvents.ADDRESS
                .ask(vertx.eventBus(), new AwaitEvents())
                .onSuccess(batch -> {
                    backoff = FIRST_BACKOFF;
                    dispatch(batch);
                    awaitEvents();
                })
                .onFailure(this::awaitLater);
    }

    private void awaitLater(Throwable failure) {
        if (stopped) {
            return;
        }
        LOG.warn("No events: {}; asking again in {} ms", failure.getMessage(), backoff.toMillis());
        vertx.setTimer(backoff.toMillis(), timer -> awaitEvents());
        Duration doubled = backoff.multipliedBy(2);
        backoff = doubled.compareTo(LAST_BACKOFF) < 0 ? doubled : LAST_BACKOFF;
    }

    private void dispatch(EventsRaised batch) {
        if (stopped) {
            return;
        }
        metrics.batch(batch.ports().size(), batch.overflowed());
        batch.ports().forEach(this::raised);
        if (batch.overflowed()) {
            LOG.warn("Events may have been lost: looking at all {} ports", ports.size());
            ports.all().stream().filter(Binding::raiseSurely).forEach(this::tell);
        }
    }

    private void raised(int port) {
        Binding binding = ports.find(port);
        if (binding == null) {
            raisedByNobody(port);
        } else if (binding.raise()) {
            tell(binding);
        }
    }

    private void raisedByNobody(int port) {
        if (!ports.keptAsEarly(port)) {
            unknown(port);
        }
    }

    private void unknown(int port) {
        metrics.unknownPort();
        if (ports.firstUnknown(port)) {
            LOG.info("Port {} fired and is not watched", port);
        }
        unmask(port);
    }

    private void scan() {
        ports.all().stream().filter(Binding::raise).forEach(this::tell);
    }

    private void tell(Binding binding) {
        new Address<PortRaised, Done>(binding.owner())
                .ask(vertx.eventBus(), new PortRaised(binding.domid(), binding.port()), ownerTimeout)
                .onSuccess(done -> binding.failed(false))
                .onFailure(failure -> ownerFailed(binding, failure))
                .onComplete(done -> answered(binding));
    }

    private void ownerFailed(Binding binding, Throwable failure) {
        metrics.ownerFailed();
        if (binding.failed(true)) {
            LOG.warn("Port {} of domid {} fired: {}", binding.port(), binding.domid(), failure.getMessage());
        }
    }

    private void answered(Binding binding) {
        if (!ports.holds(binding)) {
            return;
        }
        switch (binding.answered()) {
            case ASK -> {
                binding.raise();
                tell(binding);
            }
            case UNMASK -> unmask(binding.port());
            case NOTHING -> LOG.debug("Port {} was forgotten meanwhile", binding.port());
        }
    }

    private void unmask(int port) {
        if (finished.isEmpty()) {
            context.runOnContext(turn -> unmaskFinished());
        }
        finished.add(port);
    }

    private void unmaskFinished() {
        List<Integer> batch = List.copyOf(finished);
        finished.clear();
        UnmaskChannels.ADDRESS
                .ask(vertx.eventBus(), new UnmaskChannels(batch))
                // The next scan asks the owners again, and then these ports are unmasked again.
                .onFailure(failure -> LOG.warn("Failed to unmask {}: {}", batch, failure.getMessage()));
    }

    private Future<ChannelBound> watch(WatchChannel ask) {
        ports.bindBegins();
        return BindChannel.ADDRESS
                .ask(vertx.eventBus(), new BindChannel(ask.domid(), ask.remotePort()))
                .onSuccess(bound -> bound(new Binding(ask.domid(), bound.port(), ask.owner())))
                .onComplete(done -> ports.bindEnded().forEach(this::unknown));
    }

    private void bound(Binding binding) {
        boolean fired = ports.bound(binding);
        metrics.watching(ports.size());
        if (fired && binding.raise()) {
            tell(binding);
        }
    }

    private Future<Done> forget(ForgetChannel ask) {
        Binding binding = ports.find(ask.port());
        if (binding == null || binding.domid() != ask.domid()) {
            return Future.succeededFuture(new Done());
        }
        return unbind(binding);
    }

    private Future<Done> unbind(Binding binding) {
        binding.forget();
        return UnbindChannel.ADDRESS
                .ask(vertx.eventBus(), new UnbindChannel(binding.port()))
                .onFailure(failure -> binding.remember())
                .onSuccess(done -> {
                    ports.remove(binding);
                    metrics.watching(ports.size());
                });
    }

    /** Gives every port back; what native refuses is native's to give back when it stops. */
    @Override
    public Future<?> stop() {
        stopped = true;
        List<Future<Done>> unbound = ports.all().stream().map(this::unbind).toList();
        return Future.join(unbound)
                .onFailure(failure -> LOG.warn("Failed to unbind: {}", failure.getMessage()))
                .otherwiseEmpty();
    }
}
