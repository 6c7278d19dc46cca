package dev.xcs.hypervisor;

/** The log that the hypervisor itself keeps in a ring of its own; reading takes nothing out of it. */
@FunctionalInterface
public interface HypervisorLog {
    /**
     * A piece of the log.
     *
     * @param text one character for each byte
     * @param next the index to read on from; that of the first byte is {@code next - text.length()}
     */
    record Chunk(String text, long next) {
        /** Index of the first byte; more than what was asked for when the ring has lost some. */
        public long first() {
            return next - text.length();
        }
    }

    /**
     * What was logged from an index on, a bounded part of it at a time; empty when there is nothing new. Indices are counted in
     * bytes since Xen booted, modulo 2^32; an index that the ring does not have means the oldest that it has.
     */
    Chunk read(long index);
}
