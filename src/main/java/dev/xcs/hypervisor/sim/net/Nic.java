package dev.xcs.hypervisor.sim.net;

/** An interface of a host. */
public interface Nic {
    String name();

    HardwareAddress mac();

    /** How many bytes of payload its frames carry at most. */
    int mtu();

    boolean isUp();

    /** Sends a frame; it may be lost. */
    void transmit(byte[] frame);
}
