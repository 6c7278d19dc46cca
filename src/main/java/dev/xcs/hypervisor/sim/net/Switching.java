package dev.xcs.hypervisor.sim.net;

import org.jspecify.annotations.Nullable;

/** What passes frames on between its ports: the bridge of one system or another. */
interface Switching {
    void add(Link port);

    void remove(Link port);

    /** Learns anew what is behind a port. */
    void forget(Link port);

    /**
     * Passes a frame on to the port where its receiver is, or to all.
     *
     * @param from the port that it came in by; null if it is dom0's own
     */
    void forward(@Nullable Link from, byte[] frame);

    /** A frame that the host that has the bridge sends by one of its ports; gives whether the bridge sees to it. */
    default boolean output(Link port, byte[] frame) {
        return false;
    }
}
