package dev.xcs.evtchn;

/**
 * One bound port and what its owner is to be told of it. The port is masked from the moment it fires until {@link #answered}
 * says that it may fire again.
 */
final class Binding {
    private enum State {
        IDLE,
        /** The owner has been asked and has not answered. */
        ASKED,
        /** Something may have been lost since the owner was asked: it is asked once more when it has answered. */
        ASK_AGAIN,
        /** Given up by its owner; nothing is told any more. */
        FORGOTTEN
    }

    private final int domid;
    private final int port;
    private final String owner;
    private State state = State.IDLE;
    private boolean failing;

    /** @param owner the address the owner answers at */
    Binding(int domid, int port, String owner) {
        this.domid = domid;
        this.port = port;
        this.owner = owner;
    }

    int domid() {
        return domid;
    }

    int port() {
        return port;
    }

    String owner() {
        return owner;
    }

    /** The port fired, or may have; whether the owner is to be asked now. */
    boolean raise() {
        if (state != State.IDLE) {
            return false;
        }
        state = State.ASKED;
        return true;
    }

    /** As {@link #raise}, but an owner that has been asked already is asked again: what it saw may be too old. */
    boolean raiseSurely() {
        if (state == State.ASKED) {
            state = State.ASK_AGAIN;
        }
        return raise();
    }

    /** The owner has answered, or will not; what to do next. */
    Next answered() {
        if (state == State.FORGOTTEN) {
            return Next.NOTHING;
        }
        boolean again = state == State.ASK_AGAIN;
        state = State.IDLE;
        return again ? Next.ASK : Next.UNMASK;
    }

    enum Next {
        NOTHING,
        ASK,
        UNMASK
    }

    void forget() {
        state = State.FORGOTTEN;
    }

    /** Takes back {@link #forget}: the port could not be given back. */
    void remember() {
        state = State.IDLE;
    }

    /** Notes whether the owner failed; true when that is new. */
    boolean failed(boolean now) {
        boolean turned = now && !failing;
        failing = now;
        return turned;
    }
}
