package dev.xcs.xenstore.wire;

/** The peer broke the protocol; the connection cannot be used any more. */
public final class WireException extends RuntimeException {
    public WireException(String message) {
        super(message);
    }
}
