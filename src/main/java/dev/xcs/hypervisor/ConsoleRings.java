package dev.xcs.hypervisor;

/** Maps the console rings of domains. */
public interface ConsoleRings {
    /**
     * Maps the ring of a domain that has been built.
     *
     * @param frame the console frame of {@link dev.xcs.model.BuiltDomain}, for where the grant cannot be used
     */
    ConsoleRing map(int domid, long frame);
}
