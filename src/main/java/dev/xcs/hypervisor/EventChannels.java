package dev.xcs.hypervisor;

import java.util.List;

/** Event channels of this (the control) domain. */
public interface EventChannels {
    /**
     * What one wait brought.
     *
     * @param ports local ports that fired, each masked until {@link #unmask}; empty after {@link #wake} or a quiet period
     * @param overflowed whether events may have been lost, so that every bound port has to be looked at
     */
    record Raised(List<Integer> ports, boolean overflowed) {
        public Raised {
            ports = List.copyOf(ports);
        }
    }

    /**
     * Binds a port of the domain that waits for this domain; fires once at once. Gives the local port. A port that another
     * process owns fails with EINVAL.
     */
    int bind(int domid, int remotePort);

    /** Gives a local port back; quietly does nothing for a port that is not bound. */
    void unbind(int port);

    /** Raises the event at the other end. */
    void notify(int port);

    /** Lets these ports fire again. */
    void unmask(List<Integer> ports);

    /** Blocks until a port fires, {@link #wake} is called or {@code timeoutMillis} have passed. Only one thread at a time. */
    Raised await(int timeoutMillis);

    /** Ends an {@link #await} early; from any thread. */
    void wake();
}
