package dev.xcs.console;

import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.message.ConsoleEnded;
import dev.xcs.message.DomainChanged;
import dev.xcs.model.ConsoleState;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consoles of domains that other tools made. xenstore names the pseudo terminal on which xenconsoled shows one; it is open here only while
 * somebody looks, for whoever reads it takes the bytes away from all others. What was read lately is kept in memory until the domain is gone.
 */
final class ForeignConsoles {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignConsoles.class);
    /** Of each domain that somebody has looked at. */
    static final int KEPT_BYTES = 64 * 1024;

    private final EventBus bus;
    private final Xenstore store;
    private final ConsoleConfig config;
    private final ConsoleMetrics metrics;
    private final Map<UUID, Foreign> foreigners = new HashMap<>();

    ForeignConsoles(EventBus bus, Xenstore store, ConsoleConfig config, ConsoleMetrics metrics) {
        this.bus = bus;
        this.store = store;
        this.config = config;
        this.metrics = metrics;
    }

    /** One domain of another tool. */
    private final class Foreign {
        private final RecentBytes recent = new RecentBytes(KEPT_BYTES);
        private final DomainConsole console;
        private int domid;
        private @Nullable TerminalConsole terminal;
        private boolean opening;
        private boolean gone;

        Foreign(UUID uuid, int domid) {
            this.console = new DomainConsole(uuid, bus, config, metrics, recent::extent, true);
            this.domid = domid;
        }

        /** Opens the terminal of the boot that there is now, unless it is open. */
        Future<Void> open() {
            int wanted = domid;
            opening = true;
            return locate(wanted)
                    .compose(path -> console.attach(wanted, input -> terminal(wanted, path, input)))
                    .onComplete(done -> opening = false);
        }

        private TerminalConsole terminal(int wanted, String path, InputQueue input) {
            TerminalConsole made =
                    new TerminalConsole(bus, console.uuid(), wanted, path, input, recent, metrics, () -> over(wanted));
            terminal = made;
            return made;
        }

        /** The domain has ended or xenconsoled has: the next tick looks whether there is another terminal. */
        private void over(int of) {
            note(console.detach(of));
        }

        void reopen() {
            if (console.isWatched() && !opening && !console.isAttached(domid)) {
                open().onFailure(failure ->
                        LOG.debug("The console of domid {} is not shown: {}", domid, failure.getMessage()));
            }
        }

        void closeUnwatched() {
            note(console.detachUnwatched());
        }

        void look() {
            TerminalConsole now = terminal;
            if (now != null) {
                now.look();
            }
        }

        private void note(Future<Void> step) {
            step.onFailure(failure -> LOG.warn("The terminal of domid {} stays open: {}", domid, failure.getMessage()));
        }
    }

    /** As {@code xl console} finds it: the serial port that qemu emulates for an HVM guest, or the console of Xen. */
    private Future<String> locate(int domid) {
        String home = "/local/domain/" + domid;
        String console = home + "/console/tty";
        return Future.join(store.read(home + "/serial/0/tty"), store.read(console))
                .map(both -> Stream.of(both.<Optional<String>>resultAt(0), both.<Optional<String>>resultAt(1))
                        .flatMap(Optional::stream)
                        .filter(path -> !path.isEmpty())
                        .findFirst()
                        .orElseThrow(() -> missing(domid, console)));
    }

    private static ProblemException missing(int domid, String node) {
        return Problem.of(
                        ProblemType.NOT_FOUND,
                        "Who made domid " + domid + " shows its console nowhere: " + node + " is not there")
                .toException();
    }

    /** The console of a domain, open from now on; who joins it next keeps it so. */
    Future<DomainConsole> open(UUID uuid, int domid) {
        Foreign foreign = foreigners.computeIfAbsent(uuid, id -> new Foreign(id, domid));
        foreign.domid = domid;
        return foreign.open().map(opened -> {
            if (foreign.gone) {
                foreign.closeUnwatched();
                throw Problem.of(ProblemType.NOT_FOUND, "Domain " + uuid + " is gone")
                        .toException();
            }
            return foreign.console;
        });
    }

    /** Null for a domain that nobody has looked at. */
    @Nullable
    DomainConsole find(UUID uuid) {
        Foreign foreign = foreigners.get(uuid);
        return foreign == null ? null : foreign.console;
    }

    /** What was read of it lately; null for a domain that nobody has looked at. */
    @Nullable
    RecentBytes recent(UUID uuid) {
        Foreign foreign = foreigners.get(uuid);
        return foreign == null ? null : foreign.recent;
    }

    Collection<DomainConsole> all() {
        return foreigners.values().stream().map(foreign -> foreign.console).toList();
    }

    /** How the console of a domain stands, whether or not anybody has looked at it. */
    ConsoleState state(UUID uuid) {
        DomainConsole known = find(uuid);
        return (known == null ? new Foreign(uuid, -1).console : known).state(true);
    }

    void leave(UUID uuid, String viewer) {
        Foreign foreign = foreigners.get(uuid);
        if (foreign != null) {
            foreign.console.leave(viewer);
            foreign.closeUnwatched();
        }
    }

    /** Whether anybody looks at one. */
    boolean areOpen() {
        return foreigners.values().stream().anyMatch(foreign -> foreign.console.isWatched());
    }

    /** Takes what there is to be read. */
    void look() {
        foreigners.values().forEach(Foreign::look);
    }

    /** Opens again what was closed while somebody looks. */
    void tick() {
        foreigners.values().forEach(Foreign::reopen);
    }

    void changed(DomainChanged change) {
        Foreign foreign = foreigners.get(change.domain().uuid());
        if (foreign == null) {
            return;
        }
        if (change.gone()) {
            foreign.gone = true;
            foreigners.remove(change.domain().uuid());
            foreign.console
                    .forget()
                    .onFailure(failure -> LOG.warn("A terminal stays open: {}", failure.getMessage()))
                    .onComplete(done -> ConsoleEnded.ADDRESS
                            .at(foreign.console.uuid())
                            .publish(bus, new ConsoleEnded(foreign.console.uuid())));
        } else {
            foreign.domid = change.domain().domid();
        }
    }
}
