package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** The pseudo terminals that somebody has open now. */
public record TerminalsPolled(List<Open> open) implements BusMessage {
    /** @param typed what was typed since the last time */
    public record Open(int domid, Buffer typed) {}

    public TerminalsPolled {
        open = List.copyOf(open);
    }
}
