package dev.xcs.model;

import java.util.List;

/** Wants a message when any binding does, and then once. */
public record EventFilter(List<Binding> bindings) {
    public static final EventFilter EVERYTHING = new EventFilter(List.of(Binding.ALL));

    public EventFilter {
        bindings = List.copyOf(bindings);
    }

    public boolean matches(ControlMessage message) {
        for (Binding binding : bindings) {
            if (binding.matches(message)) {
                return true;
            }
        }
        return false;
    }
}
