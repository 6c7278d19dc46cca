package dev.xcs.hypervisor;

/** The dom0 side of one guest's console ring (xencons_interface): out is what the guest printed, in is what is typed. */
public interface ConsoleRing extends AutoCloseable {
    /** Takes up to {@code into.length} bytes that the guest printed; 0 when there are none. */
    int read(byte[] into);

    /** Puts as many bytes as there is room for into the input ring and gives their number. */
    int write(byte[] from, int offset, int length);

    /** Whether the guest has printed something that is not yet taken. */
    boolean hasOutput();

    /** Unmaps; a mapped ring keeps a dead domain from going away. Later calls throw. */
    @Override
    void close();
}
