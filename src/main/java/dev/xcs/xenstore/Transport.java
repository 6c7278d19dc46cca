package dev.xcs.xenstore;

import java.util.function.Consumer;

/** Bytes to and from xenstored. Everything is called, and calls back, on the client's context. */
interface Transport {
    /**
     * Begins to deliver. Called once, before anything is sent.
     *
     * @param onBytes takes what arrives, cut anywhere
     * @param onLost told once, with the reason, when the other side is gone
     */
    void listen(Consumer<byte[]> onBytes, Consumer<String> onLost);

    /** Sends one whole frame. */
    void send(byte[] frame);

    void close();
}
