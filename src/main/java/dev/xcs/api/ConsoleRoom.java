package dev.xcs.api;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.message.ConsoleEnded;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsolePrinted;
import dev.xcs.message.ConsoleResized;
import dev.xcs.message.ConsoleRestarted;
import dev.xcs.message.ConsoleWatched;
import dev.xcs.message.LeaseChanged;
import dev.xcs.model.ConsoleLease;
import dev.xcs.model.ConsoleState;
import dev.xcs.model.ConsoleWatcher;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All who look at one console: hears once what is said of it, and passes the same frame on to each. */
final class ConsoleRoom {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleRoom.class);
    private final EventBus bus;

    private final UUID uuid;
    private final List<MessageConsumer<?>> listeners = new ArrayList<>();
    private final Set<ConsoleViewer> viewers = new LinkedHashSet<>();
    private final JoinedFrames frames;
    private final Future<?> listening;
    private int places;
    private long end;
    private List<ConsoleWatcher> watchers = List.of();
    private @Nullable ConsoleLease lease;
    private @Nullable LeaseChanged leaseNews;
    /** What the writer's terminal has, for those who come later. */
    private @Nullable String size;

    private String stopped = "";

    /** Listens from now on, so that nothing is missed between the state that a viewer is told and the first live byte. */
    ConsoleRoom(Vertx vertx, UUID uuid) {
        this.bus = vertx.eventBus();
        this.uuid = uuid;
        this.frames = new JoinedFrames(vertx, viewers::size, this::show);
        listen(ConsolePrinted.ADDRESS, this::printed);
        listen(ConsoleWatched.ADDRESS, this::watched);
        listen(LeaseChanged.ADDRESS, this::leased);
        listen(ConsoleRestarted.ADDRESS, this::restarted);
        listen(ConsoleResized.ADDRESS, this::resized);
        listen(ConsoleEnded.ADDRESS, end -> ended());
        listening =
                Future.all(listeners.stream().map(MessageConsumer::completion).toList());
    }

    private <Q extends BusMessage> void listen(Address<Q, BusMessage> address, Consumer<Q> listener) {
        listeners.add(address.at(uuid).listen(bus, listener));
    }

    /** Completes when what is said from now on is heard. */
    Future<?> listening() {
        return listening;
    }

    void takePlace() {
        places++;
    }

    /** Whether nobody is left. */
    boolean leavePlace() {
        places--;
        return places == 0;
    }

    int places() {
        return places;
    }

    /** Who was told this state begins to be told what follows. */
    void enter(ConsoleViewer viewer, ConsoleState told) {
        frames.flush();
        viewers.add(viewer);
        viewer.onMissed(() -> {
            viewer.text(ConsoleText.viewers(watchers));
            if (leaseNews != null) {
                viewer.text(ConsoleText.lease(leaseNews));
            }
            tellSize(viewer);
        });
        tellSize(viewer);
        viewer.until(Math.max(end, told.next()));
    }

    private void tellSize(ConsoleViewer viewer) {
        if (size != null) {
            viewer.text(size);
        }
    }

    void leave(ConsoleViewer viewer) {
        viewers.remove(viewer);
    }

    /** The newest that is known, when a viewer was told this. */
    ConsoleLease lease(ConsoleState told) {
        return lease == null ? told.lease() : lease;
    }

    ConsoleLease lease() {
        return lease == null ? new ConsoleLease(null, null, null, 0) : lease;
    }

    List<ConsoleWatcher> watchers(ConsoleState told) {
        return watchers.isEmpty() ? told.viewers() : watchers;
    }

    private void printed(ConsolePrinted message) {
        end = Math.max(end, ConsoleFrame.end(message.frame()));
        frames.add(message.frame());
    }

    private void show(Buffer frame) {
        for (ConsoleViewer viewer : viewers) {
            viewer.printed(frame);
        }
    }

    private void watched(ConsoleWatched now) {
        watchers = now.viewers();
        news(ConsoleText.viewers(now.viewers()));
    }

    private void resized(ConsoleResized now) {
        size = ConsoleText.resize(now.columns(), now.rows());
        news(size);
    }

    private void leased(LeaseChanged now) {
        size = null;
        lease = now.lease();
        leaseNews = now;
        news(ConsoleText.lease(now));
    }

    private void restarted(ConsoleRestarted now) {
        stopped = "";
        tell(ConsoleText.restarted(now.boot(), now.domid(), now.offset()));
    }

    /** The guest has ended, and its definition remains. */
    void stopped(String reason) {
        if (!stopped.equals(reason)) {
            stopped = reason;
            tell(ConsoleText.stopped(reason));
        }
    }

    void running() {
        stopped = "";
    }

    private void ended() {
        frames.flush();
        List.copyOf(viewers).forEach(ConsoleViewer::ended);
    }

    /** Those who look now. */
    List<ConsoleViewer> viewers() {
        return List.copyOf(viewers);
    }

    private void news(String text) {
        frames.flush();
        List.copyOf(viewers).forEach(viewer -> viewer.news(text));
    }

    private void tell(String text) {
        frames.flush();
        List.copyOf(viewers).forEach(viewer -> viewer.text(text));
    }

    /** Stops listening. */
    void release() {
        listeners.forEach(listener -> listener.unregister()
                .onFailure(failure -> LOG.warn("A console room could not stop listening", failure)));
    }
}
