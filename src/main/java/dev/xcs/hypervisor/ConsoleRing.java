package dev.xcs.hypervisor;

/** The dom0 side of one guest's console ring (xencons_interface): out is what the guest printed, in is what is typed. */
public interface ConsoleRing extends AutoCloseable {
    /** Takes up to {@code into.length} bytes that the guest printed; 0 when there are none. */
    int read(byte[] into);

    /** Puts as many bytes as there is room for into the input ring and gives their number. */
    int write(byte[] from, int offset, int length);

    /** Whether the guest has printed something that is not yet taken. */
    boolean hasOutput();

    /** Whether nobody, this process or an earlier one, has taken a byte that the guest printed since it was built. */
    boolean isOutputUntouched();

    /** Unmaps; a mapped ring keeps a dead domain from going away. Later calls throw. */
    @Override
    void close();
}
