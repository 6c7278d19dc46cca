package dev.xcs.hypervisor.sim.guest;

/**
 * {@code struct blkif_response}.
 *
 * @param status 0, or one of the negative constants of {@link BlkifRing}
 */
public record BlkifResponse(long id, int operation, int status) {}
