package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/**
 * A piece of the hypervisor's log, one character for each byte; its first byte has the index {@code next - text.length()}.
 *
 * @param next the index to read on from
 */
public record HypervisorLogRead(String text, long next) implements BusMessage {
    public long first() {
        return next - text.length();
    }
}
