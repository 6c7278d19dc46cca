package dev.xcs.cli;

/** A terminal that can be made to pass every key as it is typed. */
interface RawTerminal extends AutoCloseable {
    /** Every byte as it is typed, nothing echoed; no key is a signal. */
    void raw();

    /** As it was found; also when it never was raw, and more than once. */
    @Override
    void close();
}
