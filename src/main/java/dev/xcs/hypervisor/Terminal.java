package dev.xcs.hypervisor;

/** This process's end of a pseudo terminal: the one whose making it is, or the other. Nothing here waits. */
public interface Terminal extends AutoCloseable {
    /** What is opened at the end of the users. */
    String path();

    /** Whether anybody has the other end open. */
    boolean isOpen();

    /** Takes what was written there; 0 when nothing was. */
    int read(byte[] into);

    /** Sends as many of these bytes there as there is room for, and gives their number. */
    int write(byte[] from, int offset, int length);

    @Override
    void close();
}
