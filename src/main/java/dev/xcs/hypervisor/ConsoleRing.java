package dev.xcs.hypervisor;

/** The dom0 side of one guest's console ring (xencons_interface): out is what the guest printed, in is what is typed. */
public interface ConsoleRing extends AutoCloseable {
    /** Copies what the guest printed to a place in {@code into}, as far as there is room; it stays in the ring. */
    int peek(byte[] into, int at);

    /** Takes so many of the bytes that were peeked at. */
    void consume(int count);

    /** How many bytes have been taken since the domain was built, by whomever, modulo 2^32; the guest can set it. */
    int taken();

    /** Takes up to {@code into.length} bytes that the guest printed; 0 when there are none. */
    default int read(byte[] into) {
        int count = peek(into, 0);
        consume(count);
        return count;
    }

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
