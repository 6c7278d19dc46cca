package dev.xcs.hypervisor.sim;

/** {@code enum xenbus_state} (public/io/xenbus.h), as far as it is used here. */
final class XenbusState {
    static final int INITIALISING = 1;
    static final int INIT_WAIT = 2;
    static final int CONNECTED = 4;
    static final int CLOSING = 5;
    static final int CLOSED = 6;

    private XenbusState() {}
}
