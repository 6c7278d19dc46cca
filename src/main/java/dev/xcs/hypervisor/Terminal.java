package dev.xcs.hypervisor;

/** This process's end of a pseudo terminal. Nothing here waits. */
public interface Terminal extends AutoCloseable {
    /** What others open. */
    String path();

    /** Whether anybody has it open. */
    boolean isOpen();

    /** Takes what was typed there; 0 when nothing was. */
    int read(byte[] into);

    /** Shows as many of these bytes as there is room for, and gives their number. */
    int write(byte[] from, int offset, int length);

    @Override
    void close();
}
