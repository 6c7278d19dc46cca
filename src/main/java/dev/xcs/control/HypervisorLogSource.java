package dev.xcs.control;

import dev.xcs.message.HypervisorLogRead;
import dev.xcs.message.ReadHypervisorLog;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Control messages from the hypervisor's own log: looked at every two seconds, each whole line told once. */
final class HypervisorLogSource {
    private static final Logger LOG = LoggerFactory.getLogger(HypervisorLogSource.class);
    private static final Duration EVERY = Duration.ofSeconds(2);
    /** So much at one look: a log that is flooded must not flood the journal. */
    private static final int MAX_PIECES = 4;

    private final Vertx vertx;
    private final KnownDomains known;
    private final Consumer<ControlMessage> sink;
    private long next;
    private boolean reading;
    private boolean failing;

    HypervisorLogSource(Vertx vertx, KnownDomains known, Consumer<ControlMessage> sink) {
        this.vertx = vertx;
        this.known = known;
        this.sink = sink;
    }

    /** @param from index of the first byte that was not told yet */
    void start(long from) {
        next = from;
        look();
        vertx.setPeriodic(EVERY.toMillis(), timer -> look());
    }

    private void look() {
        if (!reading) {
            reading = true;
            read(MAX_PIECES);
        }
    }

    private void read(int pieces) {
        ReadHypervisorLog.ADDRESS
                .ask(vertx.eventBus(), new ReadHypervisorLog(next))
                .onSuccess(read -> {
                    failing = false;
                    if (take(read) && pieces > 1) {
                        read(pieces - 1);
                    } else {
                        reading = false;
                    }
                })
                .onFailure(this::failed);
    }

    private void failed(Throwable failure) {
        reading = false;
        if (!failing) {
            failing = true;
            LOG.warn("The hypervisor's log cannot be read: {}", failure.getMessage());
        }
    }

    /** Whether something was told, so that there may be more. */
    private boolean take(HypervisorLogRead read) {
        LogLine.split(read.text(), read.first()).stream()
                .filter(line -> !line.text().isBlank())
                .forEach(line -> sink.accept(message(line)));
        int consumed = LogLine.consumed(read.text());
        next = read.first() + consumed;
        return consumed > 0;
    }

    private ControlMessage message(LogLine line) {
        int domid = line.domid().orElse(-1);
        return new ControlMessage(
                0,
                Instant.now(),
                known.uuidOf(domid).orElse(null),
                domid,
                ControlSubtype.HYPERVISOR_LINE,
                new ControlPayload.LogLine(line.text(), line.first()),
                null,
                null);
    }

    /** Where to go on after the last line that the journal has. */
    static long after(ControlMessage last) {
        return last.payload() instanceof ControlPayload.LogLine line
                ? line.offset() + line.text().length()
                : 0;
    }
}
