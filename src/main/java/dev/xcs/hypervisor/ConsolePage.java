package dev.xcs.hypervisor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The layout of {@code struct xencons_interface} (public/io/console.h) on a mapped page, for either end: in[1024] at 0,
 * out[2048] at 1024, then the free-running indices in_cons 3072, in_prod 3076, out_cons 3080, out_prod 3084.
 *
 * <p>Memory order: data before the index that publishes it (release), the other end's index before the data (acquire), and a
 * full fence after publishing, before the other end's index is read again or an event is sent. Not safe for two threads at one
 * end.
 */
public final class ConsolePage {
    public static final int IN_SIZE = 1024;
    public static final int OUT_SIZE = 2048;
    private static final int IN = 0;
    private static final int OUT = 1024;
    private static final int IN_CONS = 3072;
    private static final int IN_PROD = 3076;
    private static final int OUT_CONS = 3080;
    private static final int OUT_PROD = 3084;
    private static final VarHandle INDEX = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final ByteBuffer page;

    /** @param page at least 4096 bytes, direct, aligned to a page */
    public ConsolePage(ByteBuffer page) {
        this.page = page.duplicate().order(ByteOrder.nativeOrder());
    }

    /** Dom0 end: takes what the guest printed. */
    public int takeOutput(byte[] into) {
        int taken = peekOutput(into, 0);
        consumeOutput(taken);
        return taken;
    }

    /**
     * Dom0 end: what the guest printed, which stays until it is consumed. Indices that are nonsense are put right, and then there is nothing.
     *
     * @param at where in {@code into} it is to be put
     */
    public int peekOutput(byte[] into, int at) {
        return peek(OUT, OUT_SIZE, OUT_CONS, OUT_PROD, into, at);
    }

    /** Dom0 end: makes room for more. */
    public void consumeOutput(int count) {
        if (count > 0) {
            publish(OUT_CONS, index(OUT_CONS) + count);
        }
    }

    /** How many bytes have been taken since the domain was built, modulo 2^32; the guest can set it. */
    public int outputTaken() {
        return index(OUT_CONS);
    }

    /** Dom0 end: gives input to the guest. */
    public int putInput(byte[] from, int offset, int length) {
        return put(IN, IN_SIZE, IN_CONS, IN_PROD, from, offset, length);
    }

    /** Guest end: takes what was typed. */
    public int takeInput(byte[] into) {
        return take(IN, IN_SIZE, IN_CONS, IN_PROD, into);
    }

    /** Guest end: prints. */
    public int putOutput(byte[] from, int offset, int length) {
        return put(OUT, OUT_SIZE, OUT_CONS, OUT_PROD, from, offset, length);
    }

    public boolean hasOutput() {
        return index(OUT_PROD) != index(OUT_CONS);
    }

    /** Whether anybody has ever taken a byte of the output: the index counts all that were. */
    public boolean isOutputUntouched() {
        return index(OUT_CONS) == 0;
    }

    private int take(int ring, int size, int consAt, int prodAt, byte[] into) {
        int taken = peek(ring, size, consAt, prodAt, into, 0);
        if (taken > 0) {
            publish(consAt, index(consAt) + taken);
        }
        return taken;
    }

    private int peek(int ring, int size, int consAt, int prodAt, byte[] into, int at) {
        int cons = index(consAt);
        int waiting = index(prodAt) - cons;
        if (waiting < 0 || waiting > size) {
            // The guest wrote nonsense: skip to its index rather than read bytes that were never printed.
            publish(consAt, cons + waiting);
            return 0;
        }
        int taken = Math.min(waiting, into.length - at);
        int start = cons & (size - 1);
        int untilWrap = Math.min(taken, size - start);
        page.get(ring + start, into, at, untilWrap);
        page.get(ring, into, at + untilWrap, taken - untilWrap);
        return taken;
    }

    private int put(int ring, int size, int consAt, int prodAt, byte[] from, int offset, int length) {
        int prod = index(prodAt);
        int used = prod - index(consAt);
        if (used < 0 || used > size) {
            return 0;
        }
        int given = Math.min(size - used, length);
        int start = prod & (size - 1);
        int untilWrap = Math.min(given, size - start);
        page.put(ring + start, from, offset, untilWrap);
        page.put(ring, from, offset + untilWrap, given - untilWrap);
        if (given > 0) {
            publish(prodAt, prod + given);
        }
        return given;
    }

    private int index(int at) {
        return (int) INDEX.getAcquire(page, at);
    }

    private void publish(int at, int value) {
        INDEX.setRelease(page, at, value);
        VarHandle.fullFence();
    }
}
