package dev.xcs.model;

import java.util.List;

/**
 * A tool's session with the switch.
 *
 * @param id unguessable; whoever has it, has the session
 * @param name what the tool calls itself, shown to others
 * @param graceSeconds how long it is kept while no stream is attached
 * @param acknowledged every message up to this sequence number has reached the tool
 * @param attached whether a stream is attached now
 * @param locks the (domain, type) pairs that only this session may send requests to
 */
public record SessionView(
        String id,
        String name,
        long graceSeconds,
        long acknowledged,
        boolean attached,
        List<Binding> bindings,
        List<Binding> locks) {
    public SessionView {
        bindings = List.copyOf(bindings);
        locks = List.copyOf(locks);
    }
}
